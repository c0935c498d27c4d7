package program_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/testenv"
)

// refills makes n refill coupons of 10.00 and returns their numbers.
func (s *server) refills(n int) []string {
	s.t.Helper()
	var c struct{ ID string }
	s.must(201, "POST", "/v1/campaigns", object{"kind": "refill", "name": "Refill", "value": object{"type": "amount", "money": object{"amount": 1000, "currency": "SGD"}}, "code": object{"alphabet": "digits"}}).into(s.t, &c)
	var b struct{ ID, State string }
	r, err := s.send("POST", "/v1/campaigns/"+c.ID+"/batches", "", object{"description": "TESTING", "prefix": "12", "quantity": n})
	if err != nil || r.status != 201 && r.status != 202 {
		s.t.Fatalf("batch: %v %d %s", err, r.status, r.body)
	}
	r.into(s.t, &b)
	s.complete(b.ID)
	return s.export(b.ID)
}

// complete waits until a batch is active.
func (s *server) complete(batch string) {
	s.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) {
		var b struct{ State string }
		s.must(200, "GET", "/v1/batches/"+batch, nil).into(s.t, &b)
		if b.State == "active" {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	s.t.Fatalf("batch %s is not complete", batch)
}

func (s *server) export(batch string) []string {
	s.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(s.must(200, "POST", "/v1/batches/"+batch+"/export", object{}).body))).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	var codes []string
	for _, row := range rows[1:] {
		codes = append(codes, row[1])
	}
	return codes
}

// tills redeem codes for customers until the server dies, remembering each answer.
type tills struct {
	mu       sync.Mutex
	answered map[string]string // code → redemption id
	awaited  int               // answers before enough is closed
	enough   chan struct{}
}

func (t *tills) redeem(s *server, codes <-chan string) {
	for code := range codes {
		key := "k-" + code
		for range 2 {
			r, err := s.send("POST", "/v1/redemptions", key, object{"code": code, "customer": object{"source_id": "acct-" + code[len(code)-1:]}})
			if err != nil {
				return // the server is gone; the next round asks again under the same key
			}
			if r.status == 201 {
				t.keep(s, code, r)
				break
			}
			if r.status != 503 {
				s.t.Errorf("redeem: status %d: %s", r.status, r.body)
				break
			}
		}
	}
}

func (t *tills) keep(s *server, code string, r reply) {
	var out struct{ Redemptions []struct{ ID string } }
	r.into(s.t, &out)
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, ok := t.answered[code]; ok && before != out.Redemptions[0].ID {
		s.t.Errorf("a code has two redemptions: %s and %s", before, out.Redemptions[0].ID)
	}
	t.answered[code] = out.Redemptions[0].ID
	if t.awaited--; t.awaited == 0 {
		close(t.enough)
	}
}

// await has a channel closed after n more answers.
func (t *tills) await(n int) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.awaited, t.enough = n, make(chan struct{})
	return t.enough
}

func TestF43KilledUnderLoadEveryAnsweredRedemptionIsThereOnce(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		kills := testenv.Count(5, 100)
		s := p.serve()
		codes := s.refills(kills * 400)
		all := &tills{answered: map[string]string{}}
		for range kills {
			all.round(s, codes)
			s = p.serve()
			p.verified()
		}
		all.check(s)
		p.verified()
	})
}

// round redeems with sixteen tills and kills the server in the middle, after some answers.
func (t *tills) round(s *server, codes []string) {
	queue := make(chan string)
	stop := make(chan struct{})
	enough := t.await(20 + rand.IntN(200))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { t.redeem(s, queue) })
	}
	go func() {
		defer close(queue)
		for _, i := range rand.Perm(len(codes)) {
			select {
			case queue <- codes[i]:
			case <-stop:
				return
			}
		}
	}()
	select {
	case <-enough:
	case <-time.After(time.Minute):
	}
	s.kill()
	close(stop)
	wg.Wait()
}

// check finds every answered redemption again, by its id, once.
func (t *tills) check(s *server) {
	s.t.Helper()
	if len(t.answered) < 50 {
		s.t.Fatalf("only %d redemptions were answered: the load was none", len(t.answered))
	}
	sum := 0
	for code, id := range t.answered {
		var r struct{ Money struct{ Amount int } }
		s.must(200, "GET", "/v1/redemptions/"+id, nil).into(s.t, &r)
		sum += r.Money.Amount
		again, err := s.send("POST", "/v1/redemptions", "new-"+code, object{"code": code, "customer": object{"source_id": "acct-0"}})
		if err != nil || again.status != 409 {
			s.t.Errorf("an answered code can be used again: %v %d", err, again.status)
		}
	}
	if sum != len(t.answered)*1000 {
		s.t.Errorf("answered redemptions gave %d minor units, want %d", sum, len(t.answered)*1000)
	}
}

func TestF42KilledWhileGeneratingGoesOnAndIsNeverHalfVisible(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		var c, b struct{ ID, State string }
		s.must(201, "POST", "/v1/campaigns", object{"kind": "refill", "name": "Refill", "value": object{"type": "amount", "money": object{"amount": 1000, "currency": "SGD"}}, "code": object{"alphabet": "digits"}}).into(t, &c)
		n := 30_000
		s.must(202, "POST", "/v1/campaigns/"+c.ID+"/batches", object{"description": "BIG", "prefix": "77", "quantity": n}).into(t, &b)
		for range 3 {
			<-time.After(time.Duration(50+rand.IntN(200)) * time.Millisecond)
			s.kill()
			s = p.serve()
			var now struct{ State string }
			s.must(200, "GET", "/v1/batches/"+b.ID, nil).into(t, &now)
			var list struct{ Data []any }
			s.must(200, "GET", fmt.Sprintf("/v1/vouchers?campaign=%s&limit=1", c.ID), nil).into(t, &list)
			if now.State == "creating" && len(list.Data) > 0 {
				t.Fatal("a voucher of a batch that is being made is visible")
			}
		}
		s.complete(b.ID)
		codes := s.export(b.ID)
		seen := map[string]bool{}
		for _, code := range codes {
			seen[code] = true
		}
		if len(codes) != n || len(seen) != n {
			t.Fatalf("%d codes, %d different, want %d", len(codes), len(seen), n)
		}
		p.verified()
	})
}

// F45, issue 3: of two servers on one PostgreSQL one is killed under load. The other
// goes on, and what either has answered is there exactly once.
func TestF45OneOfTwoServersIsKilledAndTheOtherGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t, testenv.FreshSchema(t))
	servers := []*server{p.serve(), p.serve()}
	codes := servers[0].refills(600)
	all := &tills{answered: map[string]string{}}
	queue, third := make(chan string), make(chan struct{})
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() { all.either(servers[i%2], servers[1], queue) })
	}
	wg.Go(func() {
		defer close(queue)
		for i, code := range codes {
			if i == len(codes)/3 {
				close(third)
			}
			queue <- code
		}
	})
	<-third
	servers[0].kill()
	wg.Wait()
	if len(all.answered) != len(codes) {
		t.Fatalf("%d of %d codes were answered", len(all.answered), len(codes))
	}
	all.check(servers[1])
	p.verified()
}

// either redeems at one server and, when that is gone, under the same keys at the other.
func (t *tills) either(s, other *server, codes <-chan string) {
	for code := range codes {
		r, err := s.send("POST", "/v1/redemptions", "k-"+code, object{"code": code, "customer": object{"source_id": "acct-" + code[len(code)-1:]}})
		if err != nil {
			s = other
			r, err = s.send("POST", "/v1/redemptions", "k-"+code, object{"code": code, "customer": object{"source_id": "acct-" + code[len(code)-1:]}})
		}
		if err != nil || r.status != 201 {
			s.t.Errorf("redeem: %v %d %s", err, r.status, r.body)
			continue
		}
		t.keep(s, code, r)
	}
}
