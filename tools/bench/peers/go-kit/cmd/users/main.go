//go:debug default=go1.27

// The user service: gRPC at RPC_ADDRESS, metrics at METRICS_ADDRESS.
package main

import (
	"log"
	"math"
	"net"
	"net/http"
	"os"

	"bench/middleware"
	"bench/user"
	"bench/userpb"

	"github.com/go-kit/kit/ratelimit"
	grpctransport "github.com/go-kit/kit/transport/grpc"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
)

func main() {
	service, err := user.NewService(os.Getenv("USERS_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	statusOf := middleware.StatusOr(user.ErrNotFound, "not_found")

	getUser := user.MakeGetUserEndpoint(service)
	getUser = ratelimit.NewErroringLimiter(rate.NewLimiter(1e9, math.MaxInt32))(getUser)
	getUser = middleware.Log(middleware.NewLogger(), "GetUser", statusOf)(getUser)
	getUser = middleware.Instrument(middleware.NewMetrics("users"), "GetUser", statusOf)(getUser)

	before := grpctransport.ServerBefore(middleware.TakeRequestID)
	server := grpc.NewServer()
	userpb.RegisterUserServiceServer(server, user.NewGRPCServer(getUser, before))
	listener, err := net.Listen("tcp", os.Getenv("RPC_ADDRESS"))
	if err != nil {
		log.Fatal(err)
	}

	failed := make(chan error)
	go func() { failed <- http.ListenAndServe(os.Getenv("METRICS_ADDRESS"), promhttp.Handler()) }()
	go func() { failed <- server.Serve(listener) }()
	log.Fatal(<-failed)
}
