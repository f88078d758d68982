package user

import (
	"context"
	"errors"

	"bench/userpb"

	"github.com/go-kit/kit/endpoint"
	grpctransport "github.com/go-kit/kit/transport/grpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type grpcServer struct {
	userpb.UnimplementedUserServiceServer
	getUser grpctransport.Handler
}

// NewGRPCServer offers the endpoint over gRPC.
func NewGRPCServer(getUser endpoint.Endpoint, options ...grpctransport.ServerOption) userpb.UserServiceServer {
	return &grpcServer{
		getUser: grpctransport.NewServer(getUser, decodeGRPCRequest, encodeGRPCResponse, options...),
	}
}

func (s *grpcServer) GetUser(ctx context.Context, request *userpb.GetUserRequest) (*userpb.User, error) {
	_, response, err := s.getUser.ServeGRPC(ctx, request)
	if errors.Is(err, ErrNotFound) {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	if err != nil {
		return nil, err
	}
	return response.(*userpb.User), nil
}

// NewGRPCClient is the endpoint as it is called over a connection.
func NewGRPCClient(connection *grpc.ClientConn, options ...grpctransport.ClientOption) endpoint.Endpoint {
	return grpctransport.NewClient(
		connection, "bench.user.v1.UserService", "GetUser", encodeGRPCRequest, decodeGRPCResponse, userpb.User{}, options...,
	).Endpoint()
}

func decodeGRPCRequest(_ context.Context, request interface{}) (interface{}, error) {
	return GetUserRequest{Name: request.(*userpb.GetUserRequest).Name}, nil
}

func encodeGRPCRequest(_ context.Context, request interface{}) (interface{}, error) {
	return &userpb.GetUserRequest{Name: request.(GetUserRequest).Name}, nil
}

func encodeGRPCResponse(_ context.Context, response interface{}) (interface{}, error) {
	user := response.(User)
	return &userpb.User{
		Name:        user.Name,
		Email:       user.Email,
		DisplayName: user.DisplayName,
		State:       userpb.User_State(userpb.User_State_value[user.State]),
		Roles:       user.Roles,
		CreateTime:  timestamppb.New(user.CreateTime),
		UpdateTime:  timestamppb.New(user.UpdateTime),
	}, nil
}

func decodeGRPCResponse(_ context.Context, response interface{}) (interface{}, error) {
	user := response.(*userpb.User)
	roles := user.Roles
	if roles == nil {
		roles = []string{}
	}
	return User{
		Name:        user.Name,
		Email:       user.Email,
		DisplayName: user.DisplayName,
		State:       user.State.String(),
		Roles:       roles,
		CreateTime:  user.CreateTime.AsTime(),
		UpdateTime:  user.UpdateTime.AsTime(),
	}, nil
}
