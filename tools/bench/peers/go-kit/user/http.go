package user

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"bench/middleware"

	"github.com/go-kit/kit/auth/jwt"
	"github.com/go-kit/kit/endpoint"
	"github.com/go-kit/kit/ratelimit"
	"github.com/go-kit/kit/sd/lb"
	httptransport "github.com/go-kit/kit/transport/http"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// NewHTTPHandler offers the endpoint as GET /v1/users/{id}.
func NewHTTPHandler(getUser endpoint.Endpoint, options ...httptransport.ServerOption) http.Handler {
	options = append(options, httptransport.ServerErrorEncoder(encodeHTTPError))
	mux := http.NewServeMux()
	mux.Handle("GET /v1/users/{id}", httptransport.NewServer(
		getUser, decodeHTTPRequest, httptransport.EncodeJSONResponse, options...,
	))
	return mux
}

func decodeHTTPRequest(_ context.Context, r *http.Request) (interface{}, error) {
	return GetUserRequest{Name: "users/" + r.PathValue("id")}, nil
}

func encodeHTTPError(ctx context.Context, err error, w http.ResponseWriter) {
	code, message := httpStatus(err)
	middleware.ReturnRequestID(ctx, w)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}

func httpStatus(err error) (int, string) {
	var retry lb.RetryError
	if errors.As(err, &retry) {
		err = retry.Final
	}
	switch {
	case errors.Is(err, ratelimit.ErrLimited):
		return http.StatusTooManyRequests, err.Error()
	case errors.Is(err, middleware.ErrOpen):
		return http.StatusServiceUnavailable, err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout, err.Error()
	case isTokenError(err):
		return http.StatusUnauthorized, err.Error()
	}
	answer, ok := status.FromError(err)
	if !ok {
		return http.StatusInternalServerError, "internal"
	}
	switch answer.Code() {
	case codes.NotFound:
		return http.StatusNotFound, answer.Message()
	case codes.Unavailable:
		return http.StatusServiceUnavailable, "unavailable"
	case codes.DeadlineExceeded:
		return http.StatusGatewayTimeout, "deadline exceeded"
	default:
		return http.StatusInternalServerError, "internal"
	}
}

func isTokenError(err error) bool {
	return middleware.IsTokenError(err) || errors.Is(err, jwt.ErrTokenContextMissing)
}
