package httpx_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/scriphq/scrip/internal/httpx"
)

func TestServerLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	d, _ := door()
	entered, leave := make(chan struct{}), make(chan struct{})
	s := httpx.Server{Log: d.Log, Handler: handler(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "done")
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, body := make(chan error, 1), make(chan string, 1)
	go func() { ended <- s.Run(ctx, ln) }()
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		body <- string(b)
	}()
	<-entered
	stop()
	close(leave)
	if got := <-body; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestServerReportsAListenerThatFails(t *testing.T) {
	t.Parallel()
	d, _ := door()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := (httpx.Server{Log: d.Log, Handler: http.NotFoundHandler()}).Run(t.Context(), ln); err == nil {
		t.Error("a closed listener served")
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	e, err := httpx.NewEvents(w)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Send("progress", map[string]int{"done": 3}); err != nil {
		t.Fatal(err)
	}
	if err := e.Ping(); err != nil {
		t.Fatal(err)
	}
	want := "retry: 1000\n\nevent: progress\ndata: {\"done\":3}\n\n: ping\n\n"
	if w.Body.String() != want || w.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %q %v", w.Body, w.Header())
	}
	if err := e.Send("progress", make(chan int)); err == nil {
		t.Error("a value that JSON cannot hold was sent")
	}
}
