package portal_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// RF-01, RF-10, RF-11, RF-12, RF-13, RF-14, RF-15, J7: the worked example. A coupon's number tops
// up the balance, 0 → 10 → 20, one after the other and each once; staff see it at once.
func TestTopUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.refill("12", 5)
		mei := w.customer("Mei Tan", "mei@example.com")
		b := w.signedIn("mei@example.com")
		see(t, "before", text(b.get("/top-up")), "Services", "Top-up", "Use voucher", "Coupon number", "Add", "SGD 0.00")
		first := numbers[0][:4] + " " + numbers[0][4:8] + "-" + numbers[0][8:] + " "
		see(t, "the first", b.added(first), "SGD 10.00 added. Balance 10.00.", "Balance SGD 10.00")
		w.clock.pass(2 * time.Minute)
		see(t, "the second", b.added(numbers[1]), "SGD 10.00 added. Balance 20.00.", "Balance SGD 20.00")

		again := b.add(numbers[0])
		status(t, "the same number again", again, http.StatusConflict)
		see(t, "the same number again", text(again), "This voucher has already been used.", "SGD 20.00")
		see(t, "what was typed stays", again.Body.String(), `value="`+numbers[0]+`"`)

		page := text(b.get("/balance"))
		see(t, "history", page, "SGD 20.00", "Top-up with a coupon +10.00 21 Nov 2026, 16:43 Balance 20.00", "Top-up with a coupon +10.00 21 Nov 2026, 16:41 Balance 10.00")

		v := w.number(numbers[0])
		if v.Uses != 1 || !v.LastUsedAt.Equal(start) || v.UserName != "Mei Tan" || v.Holder != mei.ID || v.Shown(w.clock.now()) != coupon.StatusRedeemed {
			t.Errorf("what staff see: uses %d at %v by %q, %s", v.Uses, v.LastUsedAt, v.UserName, v.Shown(w.clock.now()))
		}
		if v := w.number(numbers[2]); v.Uses != 0 || !v.LastUsedAt.IsZero() || v.UserName != "" {
			t.Errorf("an unused number: %d uses, %v, %q", v.Uses, v.LastUsedAt, v.UserName)
		}
	})
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.lettered(3, nil)
		w.customer("Mei Tan", "mei@example.com")
		b := w.signedIn("MEI@example.com ")
		see(t, "lower case with spaces", b.added(strings.ToLower(strings.ReplaceAll(numbers[0], "-", " "))), "SGD 5.00 added. Balance 5.00.")
		see(t, "look-alikes", b.added(strings.NewReplacer("0", "o", "1", "l").Replace(numbers[1])), "Balance 10.00.")
		wrong := []byte(strings.ReplaceAll(numbers[2], "-", ""))
		wrong[5] = "AB"[boolInt(wrong[5] == 'A')]
		r := b.add(string(wrong))
		status(t, "a typing error", r, http.StatusConflict)
		see(t, "a typing error", text(r), "There is a typing error in this number.")
		for name, typed := range map[string]string{"nothing": "  ", "too long": strings.Repeat("7", 100), "no text": "12\x00", "invalid": "\xff\xfe"} {
			r := b.add(typed)
			status(t, name, r, http.StatusUnprocessableEntity)
			if name == "too long" {
				see(t, name, text(r), "This is not a coupon number")
			}
		}
		see(t, "markup", b.add(`<b>"x`).Body.String(), `value="&lt;b&gt;&#34;x"`)
	})
}

// External codes top up like our own.
func TestImportedNumbers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		name := "Printed cards"
		c, err := w.app.CreateCampaign(ctx, w.admin, app.CampaignInput{Kind: coupon.KindRefill, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount}})
		if err != nil {
			t.Fatal(err)
		}
		imp, err := w.app.UploadImport(ctx, w.admin, c.ID, app.ImportInput{Description: "CARDS"}, strings.NewReader("coupon number;amount\n0000 1234 5678;7,50\n0000 1234 5679;2,50\n"))
		if err != nil {
			t.Fatal(err)
		}
		if imp, err = w.app.ConfirmImport(ctx, w.admin, imp.ID, false); err != nil {
			t.Fatal(err)
		}
		w.customer("Mei Tan", "mei@example.com")
		b := w.signedIn("mei@example.com")
		status(t, "before it is complete", b.add("000012345678"), http.StatusConflict)
		job, err := w.db.Job(ctx, imp.Job)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.app.RunImport(ctx, job); err != nil {
			t.Fatal(err)
		}
		see(t, "a card", b.added("000012345678"), "SGD 7.50 added. Balance 7.50.")
		status(t, "without its zeros", b.add("12345679"), http.StatusConflict)
		see(t, "another", b.added("0000-1234-5679"), "SGD 2.50 added. Balance 10.00.")
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// F50: who does not hold a voucher learns nothing, whatever became of it.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.refill("12", 6)
		mei, ben := w.customer("Mei Tan", "mei@example.com"), w.customer("Ben Ong", "ben@example.com")
		b, other := w.signedIn("mei@example.com"), w.signedIn("ben@example.com")
		expired := w.lettered(1, func(in *app.BatchInput) { in.ExpiresAt = start.Add(time.Minute) })
		other.added(numbers[0])
		w.must(w.app.Reassign(ctx, w.admin, w.number(numbers[1]).ID, coupon.CustomerRef{ID: ben.ID}, ""))
		w.must(w.app.Void(ctx, w.admin, w.number(numbers[2]).ID, "test"))
		w.must(w.app.Deactivate(ctx, w.admin, w.number(numbers[3]).ID, "test"))
		w.must(w.app.Reassign(ctx, w.admin, w.number(numbers[4]).ID, coupon.CustomerRef{ID: mei.ID}, ""))
		w.must(w.app.Deactivate(ctx, w.admin, w.number(numbers[4]).ID, "test"))
		w.clock.pass(time.Hour)

		want := ""
		for _, c := range []struct{ name, number string }{
			{"unknown", strings.Repeat("7", len(numbers[0]))}, {"used by another", numbers[0]}, {"another's", numbers[1]}, {"void", numbers[2]},
			{"deactivated", numbers[3]}, {"expired", expired[0]}, {"rubbish", "no such number"},
		} {
			w.clock.pass(10 * time.Minute) // past every lock
			r := b.add(c.number)
			r.Header().Del("X-Request-Id")
			got := fmt.Sprint(r.Code, r.Header(), nonces.ReplaceAllString(strings.ReplaceAll(r.Body.String(), c.number, "NUMBER"), ""))
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s differs from unknown:\n%s\n%s", c.name, got, want)
			}
			see(t, c.name, text(r), "This number cannot be used. Check it and try again.")
		}
		w.clock.pass(10 * time.Minute)
		see(t, "the holder is told why", text(b.add(numbers[4])), "This voucher is not valid at the moment.")
		if strings.Contains(w.log.String(), numbers[0]) || strings.Contains(w.log.String(), expired[0]) {
			t.Error("a number got into the log")
		}
	})
}

// F49, F51: the guesser is locked, the code is not, and a restart forgets nothing.
func TestGuessersWait(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.refill("12", 1)
		w.customer("Mei Tan", "mei@example.com")
		w.customer("Ben Ong", "ben@example.com")
		b := w.signedIn("mei@example.com")
		page := b.get("/top-up")
		for tries := range 13 {
			r := b.post("/top-up", "key", fmt.Sprintf("%s%03d", nonceOf(t, page), tries), "code", fmt.Sprintf("99%012d", tries))
			status(t, "a guess", r, http.StatusConflict)
			if tries >= 4 && tries < 12 {
				w.clock.pass(time.Second << (tries - 4))
			}
		}
		w.restart()
		r := b.add(numbers[0])
		status(t, "the right number while locked, after a restart", r, http.StatusTooManyRequests)
		see(t, "how long", text(r), "There were too many wrong tries. Try again in 5 minutes.", "SGD 0.00")
		if r.Header().Get("Retry-After") != "256" {
			t.Errorf("Retry-After is %q", r.Header().Get("Retry-After"))
		}
		if v := w.number(numbers[0]); v.Uses != 0 {
			t.Error("a locked guesser used a voucher")
		}
		elsewhere := w.person()
		elsewhere.network = "198.51.100.99"
		elsewhere.post("/sign-in", "contact", "mei@example.com", "password", password)
		status(t, "from another network", elsewhere.add(numbers[0]), http.StatusTooManyRequests)
		ben := w.person()
		ben.network = "198.51.100.98"
		ben.post("/sign-in", "contact", "ben@example.com", "password", password)
		see(t, "the code is not locked", ben.added(numbers[0]), "SGD 10.00 added.")
	})
}

// F16: a form that is sent twice has one effect and one answer.
func TestOneFormOneTopUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.refill("12", 3)
		w.customer("Mei Tan", "mei@example.com")
		b := w.signedIn("mei@example.com")
		key := nonceOf(t, b.get("/top-up"))
		var wg sync.WaitGroup
		places := make([]string, 8)
		for i := range places {
			own := *b
			own.cookies = map[string]string{"customer": b.cookies["customer"]}
			wg.Go(func() { places[i] = own.post("/top-up", "key", key, "code", numbers[0]).Header().Get("Location") })
		}
		wg.Wait()
		if slices.Sort(places); places[0] == "" || places[0] != places[7] {
			t.Errorf("one form led to %q", places)
		}
		if strings.Contains(places[0], numbers[0]) {
			t.Error("the number is in an address")
		}
		see(t, "after eight presses", text(b.get(places[0])), "SGD 10.00 added. Balance 10.00.")
		other := b.post("/top-up", "key", key, "code", numbers[1])
		see(t, "another number in the old form", text(b.get(other.Header().Get("Location"))), "Balance 20.00.")

		w.must(w.app.Deactivate(ctx, w.admin, w.number(numbers[2]).ID, "test"))
		first := b.post("/top-up", "key", key, "code", numbers[2])
		w.must(w.app.Reactivate(ctx, w.admin, w.number(numbers[2]).ID, ""))
		second := b.post("/top-up", "key", key, "code", numbers[2])
		if a, z := plainPage(first.Body.String()), plainPage(second.Body.String()); a != z || first.Code != second.Code {
			t.Errorf("a refusal repeated differs: %d %d", first.Code, second.Code)
		}
		see(t, "a fresh form decides anew", b.added(numbers[2]), "Balance 30.00.")
		if got := text(b.get("/top-up?done=" + strings.Repeat("x", 30))); strings.Contains(got, " added.") {
			t.Error("a made-up redemption was confirmed")
		}
	})
}

func plainPage(body string) string {
	return regexp.MustCompile(`name="key" value="[^"]*"`).ReplaceAllString(body, "")
}
