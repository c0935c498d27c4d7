package cli

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/store"
)

// What stands in an address is logged where it is a word of a page or of the API, or an id.
func TestNoDoorLogsWhatStandsInAnAddress(t *testing.T) {
	t.Parallel()
	const voucher = "vch_06gvvajuf9rib59aka6b3q7rmc"
	var log bytes.Buffer
	e := &env{Context: context.Background(), out: io.Discard, log: &log}
	o, err := open(e, &config.Storage{Data: t.TempDir()}, slog.New(slog.NewTextHandler(&log, nil)), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closing(nil, o) })
	h, err := (&serveCommand{Serve: config.Serve{KeyRate: 1000}}).handler(o, "test", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ asked, logged string }{
		{"/v1/vouchers/" + voucher + "/void", "/v1/vouchers/" + voucher + "/void"},
		{"/v1/openapi.json", "/v1/openapi.json"},
		{"/v1/vouchers/SAVE-7Q4K", "/v1/vouchers/…"},
		{"/v1/vouchers/welcome", "/v1/vouchers/…"},
		{"/v1/vouchers/120000012345/void", "/v1/vouchers/…/void"},
		{"/v1/vouchers/vch_SAVE-7Q4K-9TM3-XW3C", "/v1/vouchers/…"},
		{"//v1/vouchers/SAVE-7Q4K", "//v1/vouchers/…"},
		{"/V1/vouchers/SAVE-7Q4K", "/…/vouchers/…"},
		{"/SAVE-7Q4K", "/…"},
		{"/vouchers/SAVE-7Q4K", "/vouchers/…"},
		{"/top-up", "/top-up"},
		{"/admin/", "/admin/"},
		{"/admin/vouchers/" + voucher, "/admin/vouchers/" + voucher},
		{"/admin/redeem/SAVE-7Q4K", "/admin/redeem/…"},
		{"/setup/SAVE-7Q4K", "/setup/…"},
		{"/docs/SAVE-7Q4K", "/docs/…"},
		{"/static/SAVE-7Q4K", "/static/…"},
	} {
		log.Reset()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", c.asked, nil))
		if !strings.Contains(log.String(), " path="+c.logged+" ") || strings.Contains(log.String(), "7Q4K") {
			t.Errorf("%s is logged as %s, want %s", c.asked, &log, c.logged)
		}
	}
}

// The link that is printed is one that a browser on this machine can open.
func TestTheLinkIsOneToOpen(t *testing.T) {
	t.Parallel()
	at := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 8080} }
	for _, c := range []struct {
		listen string
		at     net.Addr
		want   string
	}{
		{"localhost:8080", at("127.0.0.1"), "localhost:8080"}, {":8080", at("::"), "localhost:8080"}, {"0.0.0.0:8080", at("0.0.0.0"), "localhost:8080"},
		{"127.0.0.1:0", at("127.0.0.1"), "127.0.0.1:8080"}, {"[::1]:8080", at("::1"), "[::1]:8080"}, {"192.0.2.7:8080", at("192.0.2.7"), "192.0.2.7:8080"},
	} {
		if got := visited(c.listen, c.at); got != c.want {
			t.Errorf("%s: %s, want %s", c.listen, got, c.want)
		}
	}
}
