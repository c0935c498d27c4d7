package httpx

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Server serves one handler until its context ends.
type Server struct {
	Handler http.Handler
	Log     *slog.Logger
	Grace   time.Duration // for requests under way at the end; 0 is 15 s
	Read    time.Duration // for a whole request, uploads included; 0 is 60 s
	Write   time.Duration // for a whole reply, exports included; 0 is 5 min
}

// Run serves on ln until ctx ends, then lets requests under way finish. It returns nil after
// an orderly end, and an error when some had to be cut off.
func (s Server) Run(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       orElse(s.Read, time.Minute),
		WriteTimeout:      orElse(s.Write, 5*time.Minute),
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), orElse(s.Grace, 15*time.Second))
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		return errors.Join(err, srv.Close())
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}
