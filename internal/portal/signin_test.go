package portal_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

func TestSignInByPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		email, mobile, member, source := "mei@example.com", "9123 4567", "M-77", "acct-1"
		c, err := w.app.CreateCustomer(ctx, w.admin, app.CustomerInput{Email: &email, Mobile: &mobile, MemberID: &member, SourceID: &source})
		if err != nil {
			t.Fatal(err)
		}
		w.must(nil, w.app.SetCustomerPassword(ctx, w.admin, c.ID, password))
		for _, contact := range []string{"mei@example.com", " Mei@Example.com ", "+65 9123 4567", "91234567", "M-77", "acct-1"} {
			w.signedIn(contact)
		}
		b := w.person()
		wrong, unknown := b.post("/sign-in", "contact", email, "password", "another one entirely"), b.post("/sign-in", "contact", "nobody@example.com", "password", "another one entirely")
		status(t, "a wrong password", wrong, http.StatusUnauthorized)
		if strings.ReplaceAll(wrong.Body.String(), email, "X") != strings.ReplaceAll(unknown.Body.String(), "nobody@example.com", "X") || unknown.Code != wrong.Code {
			t.Error("an unknown contact differs from a wrong password")
		}
		see(t, "what was typed stays", wrong.Body.String(), `value="mei@example.com"`)
		if strings.Contains(wrong.Body.String(), "another one entirely") {
			t.Error("the password came back")
		}
		for name, form := range map[string][]string{
			"nothing typed": {}, "no password": {"contact", email}, "a NUL": {"contact", "a\x00b", "password", password}, "too long": {"contact", strings.Repeat("a", 400), "password", password},
		} {
			status(t, name, b.post("/sign-in", form...), http.StatusUnprocessableEntity)
		}
	})
}

func TestSignInByCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.customer("Mei Tan", "mei@example.com")
		b, stranger := w.person(), w.person()
		sent, nobody := b.post("/sign-in", "contact", "mei@example.com", "by", "code"), stranger.post("/sign-in", "contact", "ben@example.com", "by", "code")
		if sent.Code != nobody.Code || sent.Header().Get("Location") != nobody.Header().Get("Location") || sent.Body.String() != nobody.Body.String() {
			t.Error("the answer tells whether a customer is known")
		}
		page, other := b.get("/sign-in/code"), stranger.get("/sign-in/code")
		if strings.ReplaceAll(page.Body.String(), "mei@", "") != strings.ReplaceAll(other.Body.String(), "ben@", "") {
			t.Error("the page tells whether a customer is known")
		}
		see(t, "code page", text(page), "a code is on its way to you. It is valid until 16:56.", "mei@example.com")
		code := w.outbox(t)
		see(t, "a wrong code", text(b.post("/sign-in/code", "code", "12 34 56 7")), "This sign-in did not work.")
		status(t, "the stranger with the code", stranger.post("/sign-in/code", "code", code), http.StatusUnauthorized)
		r := b.post("/sign-in/code", "code", " "+code[:3]+" "+code[3:])
		status(t, "the code", r, http.StatusSeeOther)
		see(t, "home", text(b.get("/")), "Hello, Mei Tan")
		if b.cookies["contact"] != "" {
			t.Error("the contact stays in the browser")
		}
		again := w.person()
		again.cookies["contact"] = stranger.cookies["contact"]
		status(t, "the code a second time", again.post("/sign-in/code", "code", code), http.StatusUnauthorized)
		status(t, "a code nobody asked for", w.person().get("/sign-in/code"), http.StatusSeeOther)
	})
}

// outbox returns the last sign-in code, as an administrator reads it.
func (w *world) outbox(t testing.TB) string {
	t.Helper()
	w.app.Settle()
	page, err := w.app.Outbox(ctx, w.admin.By, "", coupon.Paging{})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("outbox: %v, %d messages, want 1", err, len(page.Rows))
	}
	_, code, err := w.app.ShowMessage(ctx, w.admin, page.Rows[0].ID)
	if err != nil || !regexp.MustCompile(`^\d{6}$`).MatchString(code) {
		t.Fatalf("code %q: %v", code, err)
	}
	return code
}

func TestStrangersSignInFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.customer("Mei Tan", "mei@example.com")
		b := w.person()
		for path, want := range map[string]string{
			"/": "/sign-in", "/top-up": "/sign-in?next=%2Ftop-up", "/history": "/sign-in?next=%2Fhistory", "/balance?after=x": "/sign-in?next=%2Fbalance%3Fafter%3Dx",
			"/vouchers/vch_1": "/sign-in?next=%2Fvouchers%2Fvch_1", "/profile": "/sign-in?next=%2Fprofile",
		} {
			if r := b.get(path); r.Code != http.StatusSeeOther || r.Header().Get("Location") != want {
				t.Errorf("%s: %d %q, want %q", path, r.Code, r.Header().Get("Location"), want)
			}
		}
		for path, want := range map[string]string{
			"/top-up": "/sign-in?next=%2Ftop-up", "/profile": "/sign-in?next=%2Fprofile", "/profile/password": "/sign-in?next=%2Fprofile", "/sign-out/everywhere": "/sign-in",
		} {
			if r := b.post(path, "code", "1"); r.Code != http.StatusSeeOther || r.Header().Get("Location") != want {
				t.Errorf("POST %s: %d %q, want %q", path, r.Code, r.Header().Get("Location"), want)
			}
		}
		status(t, "nowhere", b.get("/nowhere"), http.StatusNotFound)
		r := b.post("/sign-in", "contact", "mei@example.com", "password", password, "next", "/top-up?done=1")
		if got := r.Header().Get("Location"); got != "/top-up?done=1" {
			t.Errorf("after signing in: %q", got)
		}
		for _, evil := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "/sign-out"} {
			if r := b.post("/sign-in", "contact", "mei@example.com", "password", password, "next", evil); r.Header().Get("Location") != "/" {
				t.Errorf("next=%s leads to %q", evil, r.Header().Get("Location"))
			}
			if r := b.do("GET", "/sign-in?next="+evil, nil); r.Header().Get("Location") != "/" {
				t.Errorf("signed in, next=%s leads to %q", evil, r.Header().Get("Location"))
			}
		}
	})
}

// F53: what is taken away counts with the next request.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("Mei Tan", "mei@example.com")
		phone, laptop := w.signedIn("mei@example.com"), w.signedIn("mei@example.com")
		phone.post("/sign-out")
		status(t, "signed out", phone.get("/"), http.StatusSeeOther)
		status(t, "the other one", laptop.get("/"), http.StatusOK)
		see(t, "said so", text(phone.get("/sign-in?done=signed-out")), "You have signed out.")

		phone = w.signedIn("mei@example.com")
		r := laptop.post("/profile/password", "old", "not this one", "password", "short")
		status(t, "a wrong old and a short new password", r, http.StatusUnprocessableEntity)
		see(t, "both are told", text(r), "This is not your present password.", "At least 10 characters.")
		status(t, "the right ones", laptop.post("/profile/password", "old", password, "password", "a second kettle"), http.StatusSeeOther)
		status(t, "this session stays", laptop.get("/"), http.StatusOK)
		status(t, "the other is gone", phone.get("/"), http.StatusSeeOther)
		status(t, "the old password", phone.post("/sign-in", "contact", "mei@example.com", "password", password), http.StatusUnauthorized)
		status(t, "the new password", phone.post("/sign-in", "contact", "mei@example.com", "password", "a second kettle"), http.StatusSeeOther)

		laptop.post("/sign-out/everywhere")
		status(t, "everywhere", phone.get("/"), http.StatusSeeOther)

		phone.post("/sign-in", "contact", "mei@example.com", "password", "a second kettle")
		blocked := true
		w.must(w.app.ChangeCustomer(ctx, w.admin, mei.ID, app.CustomerInput{Blocked: &blocked}))
		status(t, "blocked", phone.get("/"), http.StatusSeeOther)
		unblocked := false
		w.must(w.app.ChangeCustomer(ctx, w.admin, mei.ID, app.CustomerInput{Blocked: &unblocked}))
		w.clock.pass(13 * time.Hour)
		status(t, "a day later", phone.get("/"), http.StatusSeeOther)
	})
}
