package store_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

func (s *shop) events(f coupon.EventFilter) []coupon.Event {
	s.t.Helper()
	return all(s.t, 2, func(p coupon.Paging) (coupon.Page[coupon.Event], error) { return s.Events(ctx, f, p) })
}

// publish publishes until nothing waits.
func (s *shop) publish() {
	s.t.Helper()
	for {
		n, err := s.Publish(ctx)
		if ok(s.t, err); n == 0 {
			return
		}
	}
}

func types(list []coupon.Event) string {
	var out []string
	for _, e := range list {
		out = append(out, string(e.Type))
	}
	return strings.Join(out, " ")
}

func TestEventFilters(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei")
		v := s.issue(s.campaign(coupon.KindRefill, refill))
		s.pass(time.Hour)
		s.redeem(v.ID, by(mei))
		const history = "voucher.redeemed voucher.issued"
		if got := types(s.events(coupon.EventFilter{})); got != "" {
			t.Fatalf("the feed shows %s before anything is published", got)
		}
		for _, c := range []struct {
			name   string
			filter coupon.EventFilter
			want   string
		}{
			{"a subject, unpublished too", coupon.EventFilter{Subject: string(v.ID)}, history},
			{"a subject, oldest first", coupon.EventFilter{Subject: string(v.ID), Oldest: true}, "voucher.issued voucher.redeemed"},
			{"a customer", coupon.EventFilter{Customer: mei.ID}, "voucher.redeemed customer.created"},
			{"a customer and a subject", coupon.EventFilter{Customer: mei.ID, Subject: string(v.ID)}, "voucher.redeemed"},
		} {
			if got := types(s.events(c.filter)); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		s.publish()
		for _, c := range []struct {
			name   string
			filter coupon.EventFilter
			want   string
		}{
			{"the feed", coupon.EventFilter{}, history + " campaign.created customer.created organisation.set_up"},
			{"the feed, oldest first", coupon.EventFilter{Oldest: true}, "organisation.set_up customer.created campaign.created voucher.issued voucher.redeemed"},
			{"a type", coupon.EventFilter{Type: coupon.EventVoucherIssued}, "voucher.issued"},
			{"a rare type", coupon.EventFilter{Type: coupon.EventCustomerCreated}, "customer.created"},
			{"a rare type, oldest first", coupon.EventFilter{Type: coupon.EventCustomerCreated, Oldest: true}, "customer.created"},
			{"a rare type by somebody else", coupon.EventFilter{Type: coupon.EventCustomerCreated, By: till.ID}, ""},
			{"somebody of the staff", coupon.EventFilter{By: ada.ID}, "voucher.issued campaign.created customer.created"},
			{"a key", coupon.EventFilter{By: till.ID, Oldest: true}, "voucher.redeemed"},
			{"from a time on", coupon.EventFilter{From: s.now()}, "voucher.redeemed"},
			{"before a time", coupon.EventFilter{To: s.now(), Type: coupon.EventVoucherIssued}, "voucher.issued"},
		} {
			if got := types(s.events(c.filter)); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		e := s.events(coupon.EventFilter{Subject: string(v.ID)})[0]
		if e.By != till || e.Campaign != v.Campaign || e.Version != 2 || e.Data["channel"] != "api" || !e.At.Equal(s.now()) {
			t.Fatalf("%+v", e)
		}
	})
}

// One commit with several events is read in its own order, across pages, both ways.
func TestTheFeedKeepsTheOrderWithinACommit(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		for c := range 3 {
			cmd := coupon.Record{}
			for n := range 5 {
				cmd.Events = append(cmd.Events, coupon.Event{Type: coupon.EventType(fmt.Sprintf("%d.%d", c, n)), Subject: "x", By: ada})
			}
			must[int](s, cmd)
		}
		s.publish()
		const want = "0.0 0.1 0.2 0.3 0.4 1.0 1.1 1.2 1.3 1.4 2.0 2.1 2.2 2.3 2.4"
		if got := types(s.events(coupon.EventFilter{Oldest: true})); got != "organisation.set_up "+want {
			t.Fatalf("oldest first: %s", got)
		}
		back := strings.Fields(types(s.events(coupon.EventFilter{})))
		for i, w := range strings.Fields(want) {
			if back[len(back)-2-i] != w {
				t.Fatalf("newest first: %v", back)
			}
		}
	})
}

// Events whose commit comes late, with an id from before, are published behind those
// that a reader may have seen.
func TestALateCommitIsNotSkipped(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		early := coupon.MarkID(id.New("mrk"))
		must[int](s, coupon.Record{Events: []coupon.Event{{Type: "first", Subject: "x"}}})
		s.publish()
		page, err := s.Events(ctx, coupon.EventFilter{Oldest: true}, coupon.Paging{})
		ok(t, err)
		last := page.Rows[len(page.Rows)-1]
		seen, err := s.Events(ctx, coupon.EventFilter{Oldest: true}, coupon.Paging{Limit: len(page.Rows) - 1})
		ok(t, err)
		c := &coupon.Changes{Mark: early, At: s.now(), Events: []coupon.Event{{Mark: early, Type: "late", Subject: "x", At: s.now()}}}
		ok(t, s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(ctx, c) }))
		s.publish()
		rest, err := s.Events(ctx, coupon.EventFilter{Oldest: true}, coupon.Paging{After: seen.Next})
		ok(t, err)
		if got := types(rest.Rows); got != string(last.Type)+" late" {
			t.Fatalf("a reader that goes on sees %s", got)
		}
	})
}

// Publishers of several processes give every commit one place, without gaps.
func TestSeveralPublishersGiveEachPlaceOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		const commits = 60
		s.waits(t, "turn:publish", func(ctx context.Context) error { _, err := s.Publish(ctx); return err })
		var writers, publishers sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			publishers.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						if _, err := s.Publish(ctx); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		for range commits {
			writers.Go(func() { must[int](s, coupon.Record{Events: []coupon.Event{{Type: "x", Subject: id.New("sub")}}}) })
		}
		writers.Wait()
		close(done)
		publishers.Wait()
		s.publish()
		if n := len(s.events(coupon.EventFilter{Type: "x", Oldest: true})); n != commits {
			t.Fatalf("%d of %d events are in the feed", n, commits)
		}
		marks, places, last := s.places()
		if places != marks || last != marks {
			t.Fatalf("%d commits have %d places up to %d", marks, places, last)
		}
	})
}

// Redemptions are listed among what was written as events: in the order of the history, page
// by page, both ways.
func TestRedemptionsAreListedAmongTheEvents(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei")
		v := s.issue(s.campaign(coupon.KindDiscount, twice))
		first := s.redeem(v.ID, by(mei))
		must[coupon.Undone](s, coupon.Reverse{Redemption: first.ID, Reason: "test", By: ada})
		must[coupon.Voucher](s, coupon.Disable{Voucher: v.ID, On: true, Reason: "lost", By: ada})
		must[coupon.Voucher](s, coupon.Disable{Voucher: v.ID, By: ada})
		last := s.redeem(v.ID, by(mei))
		s.publish()
		const life = "voucher.issued voucher.redeemed voucher.reversed voucher.deactivated voucher.reactivated voucher.redeemed"
		ways := map[string]coupon.EventFilter{
			"of the voucher":  {Subject: string(v.ID), Oldest: true},
			"in the feed":     {From: v.CreatedAt, Oldest: true, Types: []coupon.EventType{"voucher.issued", "voucher.redeemed", "voucher.reversed", "voucher.deactivated", "voucher.reactivated"}},
			"of the customer": {Customer: mei.ID, Subject: string(v.ID), Oldest: true},
		}
		for name, f := range ways {
			want := life
			if f.Customer != "" {
				want = "voucher.redeemed voucher.reversed voucher.redeemed"
			}
			if got := types(s.events(f)); got != want {
				t.Errorf("%s, oldest first: %s, want %s", name, got, want)
			}
			words := strings.Fields(want)
			slices.Reverse(words)
			f.Oldest = false
			if got := types(s.events(f)); got != strings.Join(words, " ") {
				t.Errorf("%s, newest first: %s", name, got)
			}
			end, err := s.Events(ctx, f, coupon.Paging{Limit: 2})
			for range 2 {
				ok(t, err)
				end, err = s.Events(ctx, f, coupon.Paging{Limit: 2, After: end.Next})
				if end.Next == "" {
					break
				}
			}
			ok(t, err)
			before, err := s.Events(ctx, f, coupon.Paging{Limit: 1, Before: end.Prev})
			ok(t, err)
			if at := len(words) - len(end.Rows) - 1; types(before.Rows) != words[at] {
				t.Errorf("%s: before the last page is %s, want %s", name, types(before.Rows), words[at])
			}
		}
		list := s.events(coupon.EventFilter{Type: coupon.EventVoucherRedeemed, Subject: string(v.ID)})
		if len(list) != 2 || list[0].Data["redemption"] != string(last.ID) || list[1].Data["bound"] != nil || list[0].Version != 6 || list[0].Data["uses"] != int64(1) {
			t.Errorf("%+v", list)
		}
	})
}

// Who follows the feed while others write and publish sees each event once, in the order of
// the places.
func TestWhoFollowsTheFeedMissesNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		const each = 15
		cam := s.campaign(coupon.KindGift, gift)
		s.publish()
		start, err := s.Feed(ctx, coupon.FeedPlace{}, 1000)
		ok(t, err)
		at := start[len(start)-1].At()
		var writers sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			writers.Go(func() {
				for range each {
					s.redeem(s.issue(cam).ID, taking(sgd(100)))
				}
			})
		}
		go func() { writers.Wait(); close(done) }()
		publisher := make(chan error, 1)
		go func() {
			for ended := false; ; {
				select {
				case <-done:
					ended = true
				default:
				}
				if n, err := s.Publish(ctx); err != nil || ended && n == 0 {
					publisher <- err
					return
				}
			}
		}()
		seen, over := map[string]bool{}, false
		for {
			list, err := s.Feed(ctx, at, 7)
			ok(t, err)
			for _, e := range list {
				if now := e.At(); seen[e.ID()] || now.Place < at.Place || now.Place == at.Place && now.N <= at.N {
					t.Fatalf("%s at %v comes after %v", e.ID(), now, at)
				}
				seen[e.ID()], at = true, e.At()
			}
			if over && len(list) == 0 {
				break
			}
			select {
			case err := <-publisher:
				ok(t, err)
				over = true
			default:
			}
		}
		if want := 2 * 4 * each; len(seen) != want {
			t.Errorf("%d events were seen of %d", len(seen), want)
		}
	})
}

// A webhook that is made between a commit and its place in the feed is told of all of it.
func TestANewWebhookIsToldOfTheWholeCommit(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		v := s.issue(s.campaign(coupon.KindDiscount, twice))
		s.publish()
		r := s.redeem(v.ID)
		s.hook("whk_1")
		s.publish()
		h, err := s.Webhook(ctx, "whk_1")
		ok(t, err)
		list, err := s.Feed(ctx, h.Cursor, 10)
		ok(t, err)
		if len(list) == 0 || list[0].Data["redemption"] != string(r.ID) {
			t.Errorf("after %v it is told of %+v", h.Cursor, list)
		}
	})
}

// The events of redemptions from before schema 9 are listed by their type, too, and once.
func TestRedemptionsOfOldAreListedByTheirEvents(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei")
		v := s.issue(s.campaign(coupon.KindDiscount, twice))
		r := s.redeem(v.ID, by(mei))
		ok(t, s.Tamper(ctx, "UPDATE redemption SET voucher_version = 0"))
		mark := id.Nth("mrk", string(r.ID), 0)
		ok(t, s.Tamper(ctx, "INSERT INTO event (subject, mark, n, type, version, campaign, customer, by_kind, by_id, by_name, request, address, data, at)"+
			" SELECT voucher, '"+mark+"', 0, 'voucher.redeemed', 2, campaign, customer, by_kind, by_id, by_name, '', '', '{}', at FROM redemption"))
		s.publish()
		for name, f := range map[string]coupon.EventFilter{
			"of the voucher": {Subject: string(v.ID), Type: coupon.EventVoucherRedeemed}, "of the customer": {Customer: mei.ID, Type: coupon.EventVoucherRedeemed},
			"in the feed": {Type: coupon.EventVoucherRedeemed}, "in the feed, of types": {Types: []coupon.EventType{coupon.EventVoucherRedeemed}, Oldest: true},
			"since long ago": {Type: coupon.EventVoucherRedeemed, From: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			if got := types(s.events(f)); got != "voucher.redeemed" {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}

// Where the feed has long stretches with nothing that is asked for, it goes on behind them.
func TestTheFeedGoesOnBehindGaps(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		v := s.issue(s.campaign(coupon.KindDiscount, twice))
		s.redeem(v.ID)
		s.publish()
		ok(t, s.Tamper(ctx, "UPDATE commit_mark SET place = place * 3000"))
		ok(t, s.Tamper(ctx, "UPDATE commit_mark SET place = 10000000 WHERE place = (SELECT MAX(place) FROM commit_mark)"))
		want := []string{"organisation.set_up", "campaign.created", "voucher.issued", "voucher.redeemed"}
		if got := types(s.events(coupon.EventFilter{Oldest: true})); got != strings.Join(want, " ") {
			t.Errorf("oldest first: %s", got)
		}
		slices.Reverse(want)
		if got := types(s.events(coupon.EventFilter{})); got != strings.Join(want, " ") {
			t.Errorf("newest first: %s", got)
		}
		if got := types(s.events(coupon.EventFilter{To: s.now().Add(time.Second), From: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)})); got != strings.Join(want, " ") {
			t.Errorf("within times: %s", got)
		}
		beyond := base64.RawURLEncoding.EncodeToString([]byte("[9223372036854775807,0]"))
		last, err := s.Events(ctx, coupon.EventFilter{}, coupon.Paging{After: beyond, Limit: 1})
		if ok(t, err); types(last.Rows) != "voucher.redeemed" || last.Next == "" {
			t.Errorf("newest first, from beyond the end: %s", types(last.Rows))
		}
		before, err := s.Events(ctx, coupon.EventFilter{}, coupon.Paging{Before: last.Next, After: last.Next})
		if ok(t, err); len(before.Rows) != 0 {
			t.Errorf("before the first is %s", types(before.Rows))
		}
		none, err := s.Events(ctx, coupon.EventFilter{Oldest: true}, coupon.Paging{After: beyond})
		if ok(t, err); len(none.Rows) != 0 {
			t.Errorf("oldest first, beyond the end is %s", types(none.Rows))
		}
		first, err := s.Feed(ctx, coupon.FeedPlace{}, 3)
		ok(t, err)
		rest, err := s.Feed(ctx, first[2].At(), 3)
		if ok(t, err); len(rest) != 1 || rest[0].Type != coupon.EventVoucherRedeemed {
			t.Errorf("behind the first three are %+v", rest)
		}
	})
}
