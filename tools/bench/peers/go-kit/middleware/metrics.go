package middleware

import (
	"context"
	"errors"
	"time"

	"github.com/go-kit/kit/endpoint"
	kitmetrics "github.com/go-kit/kit/metrics"
	kitprometheus "github.com/go-kit/kit/metrics/prometheus"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics count and time what a process answers, by method and status.
type Metrics struct {
	requests kitmetrics.Counter
	seconds  kitmetrics.Histogram
}

// NewMetrics registers the metrics of a process.
func NewMetrics(process string) Metrics {
	labels := []string{"method", "status"}
	return Metrics{
		requests: kitprometheus.NewCounterFrom(prometheus.CounterOpts{
			Namespace: process, Name: "requests_total", Help: "Requests answered.",
		}, labels),
		seconds: kitprometheus.NewHistogramFrom(prometheus.HistogramOpts{
			Namespace: process, Name: "request_seconds", Help: "Seconds until requests were answered.",
		}, labels),
	}
}

// Observe counts a request that is answered.
func (m Metrics) Observe(method, status string, began time.Time) {
	labels := []string{"method", method, "status", status}
	m.requests.With(labels...).Add(1)
	m.seconds.With(labels...).Observe(time.Since(began).Seconds())
}

// Instrument observes an endpoint; statusOf names the status of how it ended.
func Instrument(metrics Metrics, method string, statusOf func(error) string) endpoint.Middleware {
	return func(next endpoint.Endpoint) endpoint.Endpoint {
		return func(ctx context.Context, request interface{}) (response interface{}, err error) {
			defer func(began time.Time) { metrics.Observe(method, statusOf(err), began) }(time.Now())
			return next(ctx, request)
		}
	}
}

// StatusOr names the status ok, the one given for an error that is known, or internal.
func StatusOr(known error, name string) func(error) string {
	return func(err error) string {
		switch {
		case err == nil:
			return "ok"
		case errors.Is(err, known):
			return name
		default:
			return "internal"
		}
	}
}
