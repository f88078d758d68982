//go:debug default=go1.27

// The gateway: HTTP at HTTP_ADDRESS in front of the user service at RPC_ADDRESS, metrics at METRICS_ADDRESS.
package main

import (
	"context"
	"log"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"bench/middleware"
	"bench/user"

	kitjwt "github.com/go-kit/kit/auth/jwt"
	"github.com/go-kit/kit/endpoint"
	"github.com/go-kit/kit/ratelimit"
	"github.com/go-kit/kit/sd"
	"github.com/go-kit/kit/sd/lb"
	grpctransport "github.com/go-kit/kit/transport/grpc"
	httptransport "github.com/go-kit/kit/transport/http"
	kitlog "github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

func main() {
	connection, err := grpc.NewClient(os.Getenv("RPC_ADDRESS"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	limiter := ratelimit.NewErroringLimiter(rate.NewLimiter(1e9, math.MaxInt32))
	authenticate := middleware.Authenticate([]byte(os.Getenv("JWT_SECRET")), os.Getenv("JWT_ISSUER"), os.Getenv("JWT_AUDIENCE"))

	instance := user.NewGRPCClient(connection, grpctransport.ClientBefore(middleware.SendRequestID))
	instance = middleware.Breaker(5, 10*time.Second, isOutage)(instance)
	balancer := lb.NewRoundRobin(sd.FixedEndpointer{instance})
	getUser := lb.RetryWithCallback(5*time.Second, balancer, retryUnavailable)
	getUser = endpoint.Chain(limiter, authenticate)(getUser)

	handler := user.NewHTTPHandler(
		getUser,
		httptransport.ServerBefore(began, middleware.ReceiveRequestID, kitjwt.HTTPToContext()),
		httptransport.ServerAfter(middleware.ReturnRequestID),
		httptransport.ServerFinalizer(record(middleware.NewLogger(), middleware.NewMetrics("gateway"))),
	)

	failed := make(chan error)
	go func() { failed <- http.ListenAndServe(os.Getenv("METRICS_ADDRESS"), promhttp.Handler()) }()
	go func() { failed <- http.ListenAndServe(os.Getenv("HTTP_ADDRESS"), handler) }()
	log.Fatal(<-failed)
}

func isOutage(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Internal, codes.Unknown:
		return true
	default:
		return false
	}
}

func retryUnavailable(attempt int, err error) (bool, error) {
	return attempt < 3 && status.Code(err) == codes.Unavailable, nil
}

type beganKey struct{}

func began(ctx context.Context, _ *http.Request) context.Context {
	return context.WithValue(ctx, beganKey{}, time.Now())
}

// record counts a request, and logs it in a line.
func record(logger kitlog.Logger, metrics middleware.Metrics) httptransport.ServerFinalizerFunc {
	return func(ctx context.Context, code int, r *http.Request) {
		since, _ := ctx.Value(beganKey{}).(time.Time)
		metrics.Observe("GetUser", strconv.Itoa(code), since)
		_ = logger.Log(
			"msg", "request", "id", middleware.RequestID(ctx), "method", r.Method, "path", r.URL.Path,
			"status", code, "ms", middleware.Milliseconds(since),
		)
	}
}
