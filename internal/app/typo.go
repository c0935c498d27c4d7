package app

import (
	"context"
	"errors"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// WrongCode reports whether err says that a code is unknown, mistyped or not.
func WrongCode(err error) bool {
	e := fault.Of(err)
	return e != nil && e.Kind == fault.NotFound && e.Fields == nil && (e.Is(coupon.ErrNotFound) || e.Is(coupon.ErrMistyped))
}

// mistyped tells a typing error from a guess: the code was not found, and its check
// character does not fit any policy it could have been made under.
func (a *App) mistyped(ctx context.Context, codes []string, err error) error {
	if !WrongCode(err) {
		return err
	}
	policies, readErr := a.Store.CodePolicies(ctx)
	if readErr != nil {
		return err
	}
	return spelled(codes, policies, err)
}

// spelled is mistyped with the policies at hand. Of several codes, the verdict of each
// unknown one says it, and the fault is that of the first.
func spelled(codes []string, policies []coupon.CodePolicy, err error) error {
	rejection, several := coupon.RejectionOf(err)
	if !several {
		if len(codes) > 0 && typo(codes[0], policies) {
			return coupon.ErrMistyped
		}
		return err
	}
	first := true
	for i := range rejection.Vouchers {
		v := &rejection.Vouchers[i]
		if v.Reason != coupon.ErrNotFound.Code {
			continue
		}
		if typo(codes[i], policies) {
			v.Reason, v.Text = coupon.ErrMistyped.Code, coupon.ErrMistyped.Msg
			if first {
				f := *coupon.ErrMistyped
				f.Detail = rejection
				err = &f
			}
		}
		first = false
	}
	return err
}

func typo(code string, policies []coupon.CodePolicy) bool {
	canonical, wrong := coupon.Canonical(code)
	return wrong == nil && slices.ContainsFunc(policies, func(p coupon.CodePolicy) bool { return coupon.Mistyped(canonical, p) })
}

// spelling is mistyped for a command whose answer may be kept: what is kept says the
// same as what is returned, so the policies are read before the engine waits for them.
func (a *App) spelling(ctx context.Context, req Request, codes []string) func(error) error {
	once := req.Once
	if once == nil || once.Key == "" || len(codes) == 0 {
		return func(err error) error { return a.mistyped(ctx, codes, err) }
	}
	policies, err := a.Store.CodePolicies(ctx)
	if err != nil {
		a.Log.Warn("typing errors are not told from guesses", "err", err)
	}
	judge := func(err error) error {
		if !WrongCode(err) {
			return err
		}
		return spelled(codes, policies, err)
	}
	render := once.Render
	once.Render = func(result any, err error) []byte { return render(result, judge(err)) }
	return judge
}

// ForClient runs what was given a code on behalf of a client of the caller's own: a
// visitor of a shop, by address or id. A client who tries wrong codes has to wait
// longer and longer; the key that speaks for them never has to. Clients of different
// keys are strangers to each other.
func (a *App) ForClient(ctx context.Context, by By, client string, run func() error) error {
	if client == "" {
		return run()
	}
	return a.guess(ctx, []string{guesserClient + by.ID + ":" + client}, func() (int64, error) {
		err := run()
		return wrongWeight(err), err
	})
}

// wrongWeight is what an answer counts as a miss: nothing, unless the code was wrong.
func wrongWeight(err error) int64 {
	switch {
	case !WrongCode(err):
		return 0
	case errors.Is(err, coupon.ErrMistyped):
		return typoWeight
	}
	return missWeight
}
