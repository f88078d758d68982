package user

import (
	"context"

	"github.com/go-kit/kit/endpoint"
)

// GetUserRequest is what the endpoint takes.
type GetUserRequest struct{ Name string }

// MakeGetUserEndpoint offers the method of a service as an endpoint, which responds with a User.
func MakeGetUserEndpoint(service Service) endpoint.Endpoint {
	return func(ctx context.Context, request interface{}) (interface{}, error) {
		return service.GetUser(ctx, request.(GetUserRequest).Name)
	}
}
