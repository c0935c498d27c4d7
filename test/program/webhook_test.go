package program_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// receiver is a shop's own server. It believes only what is signed with one of its secrets.
type receiver struct {
	t       testing.TB
	mu      sync.Mutex
	broken  bool
	secrets []string
	bodies  []string
	taken   []string // types, in order
}

// ServeHTTP takes a webhook.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
	var event struct{ Type string }
	switch {
	case err != nil || json.Unmarshal(body, &event) != nil || !r.signed(q, body):
		r.t.Errorf("not signed: %s", body)
		w.WriteHeader(http.StatusUnauthorized)
	case r.broken:
		http.Error(w, "closed for stocktaking", http.StatusServiceUnavailable)
	default:
		r.taken = append(r.taken, event.Type)
	}
}

// signed checks a request as the documentation says.
func (r *receiver) signed(q *http.Request, body []byte) bool {
	for _, secret := range r.secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return false
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(q.Header.Get("webhook-id") + "." + q.Header.Get("webhook-timestamp") + "."))
		m.Write(body)
		want := "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
		for _, s := range strings.Fields(q.Header.Get("webhook-signature")) {
			if hmac.Equal([]byte(s), []byte(want)) {
				return true
			}
		}
	}
	return false
}

func (r *receiver) set(broken bool, secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken, r.secrets = broken, append(r.secrets, secrets...)
}

// waits waits until something is so.
func waits(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if so() {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("a minute has passed: %s", what)
}

type delivered struct{ ID, Type, State string }

func (s *server) deliveries(hook, state string) []delivered {
	s.t.Helper()
	var list struct{ Data []delivered }
	s.must(200, "GET", "/v1/webhooks/"+hook+"/deliveries?state="+state, nil).into(s.t, &list)
	return list.Data
}

// J8-6: signed deliveries for issue, redeem and reverse; the receiver breaks and the server is
// killed; it is retried, and sent again by hand.
func TestJ8Webhooks(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		shop := &receiver{t: t}
		srv := httptest.NewServer(shop)
		t.Cleanup(srv.Close)
		s := p.serve("--webhook-networks", "127.0.0.0/8")
		var hook struct{ ID, Secret string }
		s.must(201, "POST", "/v1/webhooks", object{"url": srv.URL, "types": []string{"voucher.issued", "voucher.redeemed", "voucher.reversed"}}).into(t, &hook)
		shop.set(false, hook.Secret)
		var c struct{ ID string }
		var v struct{ ID, Code string }
		s.must(201, "POST", "/v1/campaigns", object{"kind": "gift", "name": "Gift", "value": object{"type": "amount", "money": object{"amount": 1000, "currency": "SGD"}}}).into(t, &c)
		life := func() {
			t.Helper()
			s.must(201, "POST", "/v1/campaigns/"+c.ID+"/vouchers", object{}).into(t, &v)
			var used struct{ Redemptions []struct{ ID string } }
			s.must(201, "POST", "/v1/redemptions", object{"code": v.Code, "money": object{"amount": 1000, "currency": "SGD"}}).into(t, &used)
			s.must(201, "POST", "/v1/redemptions/"+used.Redemptions[0].ID+"/reversal", object{"reason": "mistake"})
		}
		life()
		waits(t, "three deliveries", func() bool { return len(s.deliveries(hook.ID, "delivered")) == 3 })
		shop.set(true)
		life()
		waits(t, "a failed try", func() bool { return len(shop.requests()) > 3 })
		s.kill()
		s = p.serve("--webhook-networks", "127.0.0.0/8")
		waits(t, "three that wait", func() bool { return len(s.deliveries(hook.ID, "pending")) == 3 }) // the last may be told of only now
		shop.set(false)
		first := s.deliveries(hook.ID, "pending")[2]
		s.must(202, "POST", "/v1/deliveries/"+first.ID+"/redeliver", object{})
		waits(t, "all deliveries", func() bool { return len(s.deliveries(hook.ID, "delivered")) == 6 })
		want := strings.Repeat("voucher.issued voucher.redeemed voucher.reversed ", 2)
		if got := strings.Join(shop.taken, " ") + " "; got != want {
			t.Errorf("taken: %s", got)
		}
		for _, body := range shop.requests() {
			if strings.Contains(body, v.Code) {
				t.Errorf("a code left: %s", body)
			}
		}
		s.stop()
		closed := p.serve()
		closed.must(422, "POST", "/v1/webhooks", object{"url": "https://127.0.0.1/x"})
		var test struct{ ID string }
		closed.must(202, "POST", "/v1/webhooks/"+hook.ID+"/test", nil).into(t, &test)
		waits(t, "a refusal to reach this machine", func() bool {
			return strings.Contains(string(closed.must(200, "GET", "/v1/deliveries/"+test.ID, nil).body), "private network")
		})
		closed.stop()
		p.verified()
	})
}

func (r *receiver) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.bodies...)
}
