package middleware

import (
	"context"
	"time"

	"github.com/go-kit/kit/endpoint"
	"github.com/go-kit/log"
)

// Log writes a line for each call of an endpoint; statusOf names the status of how it ended.
func Log(logger log.Logger, method string, statusOf func(error) string) endpoint.Middleware {
	return func(next endpoint.Endpoint) endpoint.Endpoint {
		return func(ctx context.Context, request interface{}) (response interface{}, err error) {
			defer func(began time.Time) {
				_ = logger.Log(
					"msg", "call", "id", RequestID(ctx), "method", method,
					"status", statusOf(err), "ms", Milliseconds(began),
				)
			}(time.Now())
			return next(ctx, request)
		}
	}
}

// Milliseconds since a time.
func Milliseconds(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}
