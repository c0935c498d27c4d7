package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

const goodPassword = "a kettle of fish"

// mei is a customer with a password.
func (d *importDesk) mei() coupon.Customer {
	d.t.Helper()
	name, email, mobile, member := "Mei", "mei@example.com", "+6591234567", "M-1"
	c, err := d.CreateCustomer(context.Background(), d.req, app.CustomerInput{Name: &name, Email: &email, Mobile: &mobile, MemberID: &member})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.SetCustomerPassword(context.Background(), d.req, c.ID, goodPassword); err != nil {
		d.t.Fatal(err)
	}
	return c
}

func from(n int) app.Request { return app.Request{Address: fmt.Sprintf("198.51.100.%d", n)} }

func expect(t *testing.T, what string, err error, want *fault.Error) {
	t.Helper()
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("%s: got %v, want %v", what, err, want)
	}
}

func TestF49GuessesAtOnceDoNotOutrunTheCount(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		req := from(1)
		req.By = app.ByCustomer(d.mei())
		var judged atomic.Int64
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := d.UseVoucher(t.Context(), req, fmt.Sprintf("99%012d", i)); !errors.Is(err, coupon.ErrLockedOut) {
					judged.Add(1)
				}
			})
		}
		wg.Wait()
		if n := judged.Load(); n != 5 {
			t.Fatalf("%d guesses were judged before the lock, want 5", n)
		}
	})
}

func TestF49ANameIsCountedHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		nobody := []string{"+65 8123 4567", "8123-4567", "81234567", " 8123 4567", "+6581234567"}
		for i, contact := range []string{"mei@example.com", " MEI@example.com", "+65 9123 4567", "91234567", "M-1"} {
			_, err := d.SignInCustomer(t.Context(), from(9), contact, "wrong", "")
			expect(t, contact, err, app.ErrPortalSignIn)
			_, err = d.SignInCustomer(t.Context(), from(9), nobody[i], "wrong", "")
			expect(t, "nobody", err, app.ErrPortalSignIn)
		}
		_, err := d.SignInCustomer(t.Context(), from(9), "mEi@example.com", goodPassword, "")
		expect(t, "locked", err, coupon.ErrLockedOut)
		_, err = d.SignInCustomer(t.Context(), from(9), "8123 4567", "wrong", "")
		expect(t, "a contact that nobody has is locked alike", err, coupon.ErrLockedOut)
		_, err = d.SignInCustomer(t.Context(), from(9), "m-1", "wrong", "")
		expect(t, "another member id is another name", err, app.ErrPortalSignIn)

		list, err := d.Lockouts(t.Context(), d.req.By, mei)
		if err != nil || len(list) != 1 || list[0].What != "sign-in" || list[0].Count != 5 || list[0].Until.IsZero() {
			t.Fatalf("staff are shown %+v, %v", list, err)
		}
		if err := d.Unlock(t.Context(), d.req, mei.ID); err != nil {
			t.Fatal(err)
		}
		_, err = d.SignInCustomer(t.Context(), from(9), "mei@example.com", goodPassword, "")
		expect(t, "after staff have cleared it", err, nil)
		if list, err = d.Lockouts(t.Context(), d.req.By, mei); err != nil || len(list) != 0 {
			t.Errorf("staff are still shown %+v, %v", list, err)
		}
	})
}

// F51: whoever tries a customer's name locks out themselves, by that way, and not the customer.
func TestF51StrangersDoNotLockCustomersOut(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		for i := range 5 {
			_, err := d.SignInCustomer(t.Context(), from(1), "mei@example.com", "wrong", "")
			expect(t, "a stranger's password", err, app.ErrPortalSignIn)
			_, err = d.SignInWithCode(t.Context(), from(2), "mei@example.com", fmt.Sprintf("%06d", i), "")
			expect(t, "a stranger's code", err, app.ErrPortalSignIn)
		}
		_, err := d.SignInCustomer(t.Context(), from(1), "mei@example.com", goodPassword, "")
		expect(t, "the stranger", err, coupon.ErrLockedOut)
		_, err = d.SignInWithCode(t.Context(), from(2), "mei@example.com", "000000", "")
		expect(t, "the other stranger", err, coupon.ErrLockedOut)
		_, err = d.SignInCustomer(t.Context(), from(3), "mei@example.com", goodPassword, "")
		expect(t, "Mei, from elsewhere", err, nil)
		_, err = d.SignInWithCode(t.Context(), from(1), "mei@example.com", d.code(mei, from(1)), "")
		expect(t, "Mei by code, from where the password was guessed", err, nil)
	})
}

// code asks for a sign-in code and reads it as an administrator does.
func (d *importDesk) code(c coupon.Customer, req app.Request) string {
	d.t.Helper()
	if err := d.RequestSignInCode(d.t.Context(), req, c.Email); err != nil {
		d.t.Fatal(err)
	}
	d.Settle()
	page, err := d.Outbox(d.t.Context(), d.req.By, c.ID, coupon.Paging{Limit: 1})
	if err != nil || len(page.Rows) != 1 {
		d.t.Fatalf("%d messages, %v", len(page.Rows), err)
	}
	_, code, err := d.ShowMessage(d.t.Context(), d.req, page.Rows[0].ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return code
}

// F49, F51: guesses from many networks together are bounded, too. They close one way to
// sign in, and only where the customer has not been before; what nobody has closes alike.
func TestF51AHundredNetworksCloseOneWayIn(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		_, err := d.SignInCustomer(t.Context(), from(200), "mei@example.com", goodPassword, "")
		expect(t, "Mei at home", err, nil)
		for i := range 100 {
			for _, contact := range []string{"mei@example.com", "nobody@example.com"} {
				_, err = d.SignInWithCode(t.Context(), from(i), contact, "000000", "")
				expect(t, fmt.Sprint("guess ", i), err, app.ErrPortalSignIn)
			}
		}
		for _, contact := range []string{"mei@example.com", "nobody@example.com"} {
			_, err = d.SignInWithCode(t.Context(), from(201), contact, "000000", "")
			expect(t, contact+" from somewhere new", err, coupon.ErrLockedOut)
		}
		_, err = d.SignInWithCode(t.Context(), from(200), "mei@example.com", d.code(mei, from(200)), "")
		expect(t, "Mei at home, still", err, nil)
		_, err = d.SignInCustomer(t.Context(), from(202), "mei@example.com", goodPassword, "")
		expect(t, "Mei by password, from somewhere new", err, nil)
		d.clock.Add(61)
		_, err = d.SignInWithCode(t.Context(), from(202), "mei@example.com", d.code(mei, from(202)), "")
		expect(t, "and from there by code from then on", err, nil)
	})
}

// A shop's visitors must not be able to close its tills or its back office.
func TestF51GuessesAtOneDoorCloseNoOther(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		staff(t, d, "till@example.com", coupon.Cashier)
		var last error
		for i := range 51 {
			name := fmt.Sprint("Visitor ", i)
			c, err := d.CreateCustomer(t.Context(), d.req, app.CustomerInput{Name: &name})
			if err != nil {
				t.Fatal(err)
			}
			req := from(1)
			req.By = app.ByCustomer(c)
			_, last = d.UseVoucher(t.Context(), req, fmt.Sprintf("99%012d", i))
		}
		expect(t, "the network at the portal's numbers", last, coupon.ErrLockedOut)
		req := from(1)
		req.By = app.Program("till")
		_, err := d.Look(t.Context(), req, app.RedeemInput{Code: "NO-SUCH-CODE"})
		expect(t, "the till of the same network", err, coupon.ErrNotFound)
		_, _, err = d.SignIn(t.Context(), from(1), "till@example.com", goodPassword, "")
		expect(t, "the back office of the same network", err, nil)
	})
}

func staff(t *testing.T, d *importDesk, email string, role coupon.Role) coupon.Staff {
	t.Helper()
	s, err := d.SaveStaff(t.Context(), d.req, "", app.StaffInput{Name: "Bo", Email: email, Role: role, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestF51StrangersDoNotLockStaffOut(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		staff(t, d, "bo@example.com", coupon.Admin)
		_, _, err := d.SignIn(t.Context(), from(1), "bo@example.com", goodPassword, "")
		expect(t, "from the office", err, nil)
		for i := range 5 {
			_, _, err = d.SignIn(t.Context(), from(2+i), "bo@example.com", "wrong", "")
			expect(t, "a stranger", err, app.ErrSignIn)
		}
		_, _, err = d.SignIn(t.Context(), from(8), "bo@example.com", goodPassword, "")
		expect(t, "from where nobody signed in before", err, coupon.ErrLockedOut)
		_, _, err = d.SignIn(t.Context(), from(1), " BO@example.com", goodPassword, "")
		expect(t, "from the office, still", err, nil)
		for range 5 {
			_, _, err = d.SignIn(t.Context(), from(1), "bo@example.com", "wrong", "")
			expect(t, "a guess in the office", err, app.ErrSignIn)
		}
		_, _, err = d.SignIn(t.Context(), from(1), "bo@example.com", goodPassword, "")
		expect(t, "the office, after guesses of its own", err, coupon.ErrLockedOut)
	})
}

func TestThePresentPasswordIsNotGuessedInASession(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		req := app.Request{By: app.ByStaff(staff(t, d, "bo@example.com", coupon.Admin))}
		for range 5 {
			err := d.ChangePassword(t.Context(), req, "", "wrong", "another kettle of fish")
			if f := fault.Of(err); f == nil || f.Fields["old"] == "" {
				t.Fatalf("a wrong password: %v", err)
			}
		}
		expect(t, "the sixth", d.ChangePassword(t.Context(), req, "", goodPassword, "another kettle of fish"), coupon.ErrLockedOut)
	})
}

// F22, F51: a stranger can neither flood a customer with codes nor buy new tries.
func TestSignInCodesAreSentOnceAMinute(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		sent := func() int {
			page, err := d.Outbox(t.Context(), d.req.By, mei.ID, coupon.Paging{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Rows)
		}
		for i, c := range []struct{ after, want int }{{0, 1}, {0, 1}, {59, 1}, {1, 2}, {30, 2}} {
			d.clock.Add(int64(c.after))
			expect(t, "asking", d.RequestSignInCode(t.Context(), from(i), "mei@example.com"), nil)
			d.Settle()
			if n := sent(); n != c.want {
				t.Fatalf("asked %d times: %d codes sent, want %d", i+1, n, c.want)
			}
		}
	})
}

// The answer does not wait for the sending: its time would tell whom the shop knows. What
// is being sent is finished before the program ends.
func TestTheAnswerDoesNotWaitForTheSignInCode(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei, answered := d.mei(), make(chan struct{})
		a := app.New(app.Options{Store: d.db, Journal: d.db, Keys: d.Keys, Now: d.Now, NewID: func(prefix string) string {
			select {
			case <-answered:
			case <-time.After(5 * time.Second):
				t.Error("the answer waits for the sending")
			}
			return id.New(prefix)
		}})
		for _, contact := range []string{"mei@example.com", "nobody@example.com"} {
			expect(t, contact, a.RequestSignInCode(t.Context(), from(1), contact), nil)
		}
		close(answered)
		a.Close()
		if page, err := d.Outbox(t.Context(), d.req.By, mei.ID, coupon.Paging{}); err != nil || len(page.Rows) != 1 {
			t.Errorf("%d messages, %v", len(page.Rows), err)
		}
	})
}

// Whoever makes customers under ids of their own could take a stranger's sign-in away by
// choosing the stranger's e-mail address as an id.
func TestAnIdIsNotTakenForSomebodysAddress(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		for _, id := range []string{"mei@example.com", "+6591234567", "91234567"} {
			if _, err := d.CreateCustomer(t.Context(), d.req, app.CustomerInput{SourceID: &id, MemberID: &id}); err != nil {
				t.Fatal(err)
			}
			token, err := d.SignInCustomer(t.Context(), from(1), id, goodPassword, "")
			expect(t, "Mei, as "+id, err, nil)
			if c, err := d.CustomerOf(t.Context(), token); err != nil || c.ID != mei.ID {
				t.Fatalf("%s signed %q in, %v", id, c.ID, err)
			}
		}
	})
}

// What a browser says of itself is cut to size, and whatever it says it may sign in.
func TestAStrangeBrowserSignsIn(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		d.mei()
		for _, agent := range []string{strings.Repeat("é", 250), "a" + strings.Repeat("é", 250), "\xff\xfe", "a\x00b"} {
			_, err := d.SignInCustomer(t.Context(), from(1), "mei@example.com", goodPassword, agent)
			expect(t, fmt.Sprintf("%.8q", agent), err, nil)
		}
	})
}
