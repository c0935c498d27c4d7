package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

var here = networks("127.0.0.0/8")

func TestOnlyPublicAddressesAreReachable(t *testing.T) {
	t.Parallel()
	for _, s := range strings.Fields("127.0.0.1 127.9.9.9 ::1 0.0.0.0 :: 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 " +
		"fe80::1 fe80::1%eth0 fd00:ec2::254 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::1 2001::1 224.0.0.1 255.255.255.255 198.18.0.1 203.0.113.9 2001:db8::1") {
		if reachable(netip.MustParseAddr(s), nil) {
			t.Errorf("%s is reachable", s)
		}
	}
	for _, s := range strings.Fields("1.1.1.1 172.32.0.1 100.128.0.1 192.0.1.1 2606:4700::1111 64:ff9b::101:101 ::ffff:1.1.1.1 2002:101:101::1") {
		if !reachable(netip.MustParseAddr(s), nil) {
			t.Errorf("%s is not reachable", s)
		}
	}
	if !reachable(netip.MustParseAddr("10.1.2.3"), networks("10.1.0.0/16")) || reachable(netip.MustParseAddr("10.2.2.3"), networks("10.1.0.0/16")) {
		t.Error("an allowed network is not exactly what was allowed")
	}
}

func TestNetworksAreParsed(t *testing.T) {
	t.Parallel()
	got, err := ParseNetworks([]string{"10.1.2.3/16", "127.0.0.1", "::1"})
	if want := "[10.1.0.0/16 127.0.0.1/32 ::1/128]"; err != nil || fmt.Sprint(got) != want {
		t.Fatalf("%v, %v", got, err)
	}
	if _, err := ParseNetworks([]string{"localhost"}); fault.Of(err).Kind != fault.Invalid {
		t.Fatalf("%v", err)
	}
}

func TestAddressesAreChecked(t *testing.T) {
	t.Parallel()
	closed, open := NewHooks(nil), NewHooks(here)
	for _, s := range strings.Fields("https://shop.example/scrip https://1.1.1.1/x https://shop.example:8443/a?b=c") {
		if err := closed.Check(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range append(strings.Fields("http://shop.example ftp://shop.example shop.example https:// https:shop.example https://a:b@shop.example https://shop.example/#x https://127.0.0.1 https://[::1]/ https://localhost https://LOCALHOST./ "+
		"https://169.254.169.254/latest https://[::ffff:10.0.0.1] https://10.0.0.1."), "", "https://shop.example/\n", "https://shop.example/"+strings.Repeat("a", 500)) {
		if err := closed.Check(s); fault.Of(err) == nil || fault.Of(err).Fields["url"] == "" {
			t.Errorf("%q: %v", s, err)
		}
	}
	if err := open.Check("http://127.0.0.1:9/x"); err != nil {
		t.Error(err)
	}
	if open.Check("http://10.0.0.1/x") == nil {
		t.Error("a network that is not allowed is taken")
	}
}

var post = coupon.HookPost{ID: "evt_1", At: time.Unix(1614265330, 0), Signature: "v1,a v1,b", Body: `{"type":"x"}`}

func to(url string) coupon.HookPost {
	p := post
	p.URL = url
	return p
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAPostIsSentAsTheStandardSays(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		got <- fmt.Sprint(r.Method, " ", r.Header["Webhook-Id"], r.Header["Webhook-Timestamp"], r.Header["Webhook-Signature"], r.Header["Content-Type"], string(body))
		_, _ = w.Write([]byte("fine\x00\xff" + strings.Repeat("x", 5000)))
	})
	a := NewHooks(here).Post(t.Context(), to(url))
	if want := `POST [evt_1] [1614265330] [v1,a v1,b] [application/json]{"type":"x"}`; <-got != want {
		t.Error("another request was sent")
	}
	if !a.Delivered() || a.Status != 200 || !strings.HasPrefix(a.Text, "fine\uFFFD\uFFFDxxx") || len(a.Text) > hookKept+4 {
		t.Fatalf("%+v", a)
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	other := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, status) })
		if a := NewHooks(here).Post(t.Context(), to(url)); a.Delivered() || a.Status != status || a.Error == "" {
			t.Errorf("%+v", a)
		}
	}
	if reached.Load() != 0 {
		t.Fatal("a redirect was followed")
	}
}

// A name that meant a public address when it was looked at, and means this machine when
// it is dialled, is refused: the address itself is looked at, whatever gave it.
func TestANameThatMeansAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	url := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	names := nameServer(t, netip.MustParseAddr("127.0.0.1"))
	rebound := "http://rebind.example.:" + port + "/"
	if a := newHooks(nil, names, hookTimeout).Post(t.Context(), to(rebound)); a.Delivered() || !strings.Contains(a.Error, "private network") || reached.Load() != 0 {
		t.Fatalf("%+v, reached %d times", a, reached.Load())
	}
	if a := newHooks(here, names, hookTimeout).Post(t.Context(), to(rebound)); !a.Delivered() {
		t.Fatalf("where it is allowed: %+v", a)
	}
	for _, u := range []string{url, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0x7f000001:" + port} {
		if a := newHooks(nil, nil, hookTimeout).Post(t.Context(), to(u)); a.Delivered() || a.Error == "" {
			t.Errorf("%s: %+v", u, a)
		}
	}
	if reached.Load() != 1 {
		t.Fatalf("reached %d times", reached.Load())
	}
}

func TestWhyThereWasNoAnswer(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	slow := serve(t, func(http.ResponseWriter, *http.Request) { <-hang })
	t.Cleanup(func() { close(hang) }) // before the server is closed, which waits for its answers
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = c.Close()
		}
	})
	self := httptest.NewUnstartedServer(http.NotFoundHandler())
	self.Config.ErrorLog = log.New(io.Discard, "", 0)
	self.TLS = &tls.Config{}
	self.StartTLS()
	t.Cleanup(self.Close)
	for url, want := range map[string]string{slow: "within", dead.URL: "refused", cut: "closed", self.URL: "certificate", serve(t, http.NotFound): "answered 404"} {
		if a := newHooks(here, nil, 300*time.Millisecond).Post(t.Context(), to(url)); a.Delivered() || !strings.Contains(a.Error, want) {
			t.Errorf("%q: %+v", want, a)
		}
	}
}

// nameServer resolves every name to one address.
func nameServer(t *testing.T, a netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		for buf := make([]byte, 512); ; {
			n, from, err := conn.ReadFrom(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			_, _ = conn.WriteTo(answerOf(buf[:n], a), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answerOf answers a question about a name: an address of IPv4, and none of IPv6.
func answerOf(question []byte, a netip.Addr) []byte {
	end := 12
	for end < len(question) && question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	out := append([]byte{}, question[:end]...)
	out[2], out[3] = 0x81, 0x80
	copy(out[6:12], []byte{0, 0, 0, 0, 0, 0})
	if question[end-3] == 1 {
		four := a.As4()
		out[7] = 1
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, four[:]...)
	}
	return out
}
