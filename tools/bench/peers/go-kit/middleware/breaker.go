package middleware

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-kit/kit/endpoint"
)

// ErrOpen is how a call fails that an open circuit does not let through.
var ErrOpen = errors.New("circuit breaker is open")

// Breaker opens after as many failures in a row as the threshold, and lets one call try again after each pause. It stands
// in for go-kit's middleware of gobreaker, a package that Debian does not have.
func Breaker(threshold int, pause time.Duration, isFailure func(error) bool) endpoint.Middleware {
	circuit := &circuit{threshold: threshold, pause: pause}
	return func(next endpoint.Endpoint) endpoint.Endpoint {
		return func(ctx context.Context, request interface{}) (interface{}, error) {
			if !circuit.admits() {
				return nil, ErrOpen
			}
			response, err := next(ctx, request)
			circuit.ended(err != nil && isFailure(err))
			return response, err
		}
	}
}

type circuit struct {
	threshold int
	pause     time.Duration

	mutex    sync.Mutex
	failures int
	retryAt  time.Time
}

func (c *circuit) admits() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.failures < c.threshold {
		return true
	}
	now := time.Now()
	if now.Before(c.retryAt) {
		return false
	}
	c.retryAt = now.Add(c.pause)
	return true
}

func (c *circuit) ended(failed bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !failed {
		c.failures = 0
		return
	}
	c.failures++
	if c.failures == c.threshold {
		c.retryAt = time.Now().Add(c.pause)
	}
}
