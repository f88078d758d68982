package middleware

import (
	"context"
	"net/http"

	grpctransport "github.com/go-kit/kit/transport/grpc"
	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
)

const requestIDHeader = "x-request-id"

type requestIDKey struct{}

// ReceiveRequestID takes the id that a request came with, or makes one.
func ReceiveRequestID(ctx context.Context, r *http.Request) context.Context {
	id := r.Header.Get(requestIDHeader)
	if id == "" {
		id = uuid.NewString()
	}
	return context.WithValue(ctx, requestIDKey{}, id)
}

// ReturnRequestID tells the id to who asked.
func ReturnRequestID(ctx context.Context, w http.ResponseWriter) context.Context {
	w.Header().Set(requestIDHeader, RequestID(ctx))
	return ctx
}

// SendRequestID passes the id on to the service that is called.
func SendRequestID(ctx context.Context, md *metadata.MD) context.Context {
	return grpctransport.SetRequestHeader(requestIDHeader, RequestID(ctx))(ctx, md)
}

// TakeRequestID takes the id that a call came with.
func TakeRequestID(ctx context.Context, md metadata.MD) context.Context {
	id := ""
	if ids := md.Get(requestIDHeader); len(ids) > 0 {
		id = ids[0]
	}
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id of the request that a context belongs to.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
