package middleware

import (
	"bufio"
	"os"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// NewLogger writes lines of JSON to standard output, gathered for a tenth of a second at most.
func NewLogger() log.Logger {
	output := &output{buffer: bufio.NewWriterSize(os.Stdout, 64*1024)}
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			output.flush()
		}
	}()
	return log.With(level.Info(log.NewJSONLogger(output)), "ts", log.DefaultTimestampUTC)
}

type output struct {
	mutex  sync.Mutex
	buffer *bufio.Writer
}

func (o *output) Write(line []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.buffer.Write(line)
}

func (o *output) flush() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	_ = o.buffer.Flush()
}
