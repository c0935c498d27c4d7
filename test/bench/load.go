package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// caller is a connection of HTTP/1.1 that asks prepared requests, one after the other,
// and costs little beside the server.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	head []byte // of every request
}

func (s *server) caller(path string) (*caller, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	head := "POST " + path + " HTTP/1.1\r\nHost: " + s.addr + "\r\nAuthorization: Bearer " + s.key + "\r\nContent-Type: application/json\r\n"
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 8192), head: []byte(head)}, nil
}

// ask sends one body under an idempotency key and returns the answer's status.
func (c *caller) ask(key string, body []byte) (int, error) {
	c.out = append(append(c.out[:0], c.head...), "Idempotency-Key: "...)
	c.out = append(append(c.out, key...), "\r\nContent-Length: "...)
	c.out = append(strconv.AppendInt(c.out, int64(len(body)), 10), "\r\n\r\n"...)
	if _, err := c.conn.Write(append(c.out, body...)); err != nil {
		return 0, err
	}
	status, length := 0, 0
	for {
		row, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		switch row = bytes.TrimRight(row, "\r\n"); {
		case status == 0:
			if status, err = strconv.Atoi(string(row[9:12])); err != nil {
				return 0, err
			}
		case len(row) == 0:
			_, err = c.in.Discard(length)
			return status, err
		case len(row) > 16 && bytes.EqualFold(row[:16], []byte("Content-Length: ")):
			if length, err = strconv.Atoi(string(row[16:])); err != nil {
				return 0, err
			}
		}
	}
}

// spread calls f for 0 to n−1 by several workers, until all are done, one fails or
// the time is over. It returns how many were done and how long it took.
func spread(ctx context.Context, workers, n int, open func() (func(i int) error, io.Closer, error)) (int, time.Duration, error) {
	var next, done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	fs := make([]func(int) error, workers)
	for w := range workers {
		f, c, err := open()
		if err != nil {
			return 0, 0, err
		}
		defer c.Close()
		fs[w] = f
	}
	begun := time.Now()
	for w := range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := fs[w](i); err != nil {
					errs[w] = err
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	return int(done.Load()), took, errors.Join(errs...)
}

// during has workers ask one thing after the other for the length of a turn, n at most.
// It returns how many were done a second, and how many.
func (b *bench) during(ctx context.Context, workers, n int, open func() (func(i int) error, io.Closer, error)) (rate float64, done int, err error) {
	turn, cancel := context.WithTimeout(ctx, b.turn)
	defer cancel()
	done, took, err := spread(turn, workers, n, open)
	return float64(done) / took.Seconds(), done, err
}

// wants fails unless an answer has the status.
func wants(status int) func(got int, err error) error {
	return func(got int, err error) error {
		if err == nil && got != status {
			err = fmt.Errorf("status %d, not %d", got, status)
		}
		return err
	}
}

// fresh returns an idempotency key as docs/api.md advises: one that has its time in it.
func fresh() string { return uuid.Must(uuid.NewV7()).String() }
