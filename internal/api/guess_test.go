package api_test

import (
	"fmt"
	"testing"
	"time"
)

// guesses are a code that is known, and some that are made up.
func guesses(known string, n int) []any {
	codes := []any{known}
	for i := range n {
		codes = append(codes, fmt.Sprintf("GUESS-%03d", i))
	}
	return codes
}

// Several codes are several guesses, wherever the request ends: behind a code that is
// refused for another reason, or beside one that is accepted.
func TestEveryWrongCodeOfARequestIsAGuess(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", tenth(object{"limits": object{"unlimited_uses": true, "total": 1000}}))
		_, good := w.issue(c, nil)
		id, ended := w.issue(c, nil)
		w.post("/v1/vouchers/"+id+"/void", object{"reason": "Test"}).is(200)
		for i, try := range []struct {
			path, apply, known string
			status             int
		}{
			{"/v1/redemptions", "all", ended, 409}, {"/v1/redemptions", "possible", good, 201}, {"/v1/holds", "all", ended, 409}, {"/v1/holds", "possible", good, 201},
			{"/v1/validations", "all", ended, 200}, {"/v1/validations", "possible", good, 200}, {"/v1/explanations", "all", ended, 200},
		} {
			ask := object{"codes": guesses(try.known, 6), "order": cart(), "apply": try.apply, "client": fmt.Sprint("visitor ", i)}
			if try.path == "/v1/holds" {
				ask["seconds"] = 1
			}
			w.post(try.path, ask).is(try.status)
			ask["codes"] = []any{good}
			w.post(try.path, ask).fails(429, "locked_out")
			w.clock.pass(2 * time.Second)
		}
		w.post("/v1/validations", object{"codes": guesses(good, 4), "order": cart(), "apply": "possible", "client": "honest"}).is(200)
		w.post("/v1/validations", object{"code": good, "order": cart(), "client": "honest"}).is(200)
	})
}

// A typing error is told as one beside other codes too, with and without a key.
func TestATypingErrorAmongSeveralCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", tenth(object{"limits": object{"unlimited_uses": true, "total": 1000}}))
		_, good := w.issue(c, nil)
		id, ended := w.issue(c, nil)
		w.post("/v1/vouchers/"+id+"/void", object{"reason": "Test"}).is(200)
		last := "2"
		if good[len(good)-1:] == last {
			last = "3"
		}
		slip := good[:len(good)-1] + last
		body := func(apply string, codes ...any) string {
			return string(jsonOf(object{"codes": codes, "order": cart(), "apply": apply}))
		}
		for _, key := range []string{"", "K"} {
			send := func(path, more, body string) reply {
				if key != "" {
					more = key + more
				}
				return w.send(ask2(path, body, more))
			}
			send("/v1/redemptions", "", body("all", ended, slip)).fails(409, "not_active").has("mistyped", "vouchers", 1, "reason")
			if key != "" {
				send("/v1/redemptions", "1", body("possible", good, slip)).is(201).has("mistyped", "vouchers", 1, "reason")
				send("/v1/redemptions", "2", body("all", slip, "GUESS-1")).fails(404, "mistyped").has("not_found", "vouchers", 1, "reason")
			}
			w.send(ask2("/v1/validations", body("possible", good, slip), "")).is(200).has("mistyped", "vouchers", 1, "reason")
		}
	})
}
