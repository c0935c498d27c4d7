package app

import (
	"context"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// WrongCode reports whether err says that a code is unknown, mistyped or not.
func WrongCode(err error) bool {
	e := fault.Of(err)
	return e != nil && e.Kind == fault.NotFound && e.Fields == nil && (e.Is(coupon.ErrNotFound) || e.Is(coupon.ErrMistyped))
}

// mistyped tells typing errors from guesses: a code was not found, and its check character
// does not fit any policy it could have been made under. verdicts are those of several
// codes; the ones about typing errors say so then.
func (a *App) mistyped(ctx context.Context, codes []string, verdicts []coupon.Verdict, err error) error {
	if misses(verdicts, err).Codes == 0 {
		return err
	}
	policies, readErr := a.Store.CodePolicies(ctx)
	if readErr != nil {
		return err
	}
	return spelled(codes, verdicts, policies, err)
}

// spelled is mistyped with the policies at hand. The fault of several codes is that of the
// first that was refused.
func spelled(codes []string, verdicts []coupon.Verdict, policies []coupon.CodePolicy, err error) error {
	if verdicts == nil {
		if WrongCode(err) && len(codes) > 0 && typo(codes[0], policies) {
			return coupon.ErrMistyped
		}
		return err
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Reason == coupon.ErrNotFound.Code && i < len(codes) && typo(codes[i], policies) {
			v.Reason, v.Text = coupon.ErrMistyped.Code, coupon.ErrMistyped.Msg
		}
	}
	first := slices.IndexFunc(verdicts, func(v coupon.Verdict) bool { return v.Reason != "" })
	if WrongCode(err) && first >= 0 && verdicts[first].Reason == coupon.ErrMistyped.Code {
		f := *coupon.ErrMistyped
		f.Detail = fault.Of(err).Detail
		return &f
	}
	return err
}

func typo(code string, policies []coupon.CodePolicy) bool {
	canonical, wrong := coupon.Canonical(code)
	return wrong == nil && slices.ContainsFunc(policies, func(p coupon.CodePolicy) bool { return coupon.Mistyped(canonical, p) })
}

// spelling is mistyped for a command whose answer may be kept: what is kept says the
// same as what is returned, so the policies are read before the engine waits for them.
func (a *App) spelling(ctx context.Context, req Request, codes []string) func(result any, err error) error {
	once := req.Once
	if once == nil || once.Key == "" || len(codes) == 0 {
		return func(result any, err error) error { return a.mistyped(ctx, codes, coupon.VerdictsOf(result, err), err) }
	}
	policies, err := a.Store.CodePolicies(ctx)
	if err != nil {
		a.Log.Warn("typing errors are not told from guesses", "err", err)
	}
	judge := func(result any, err error) error {
		return spelled(codes, coupon.VerdictsOf(result, err), policies, err)
	}
	render := once.Render
	once.Render = func(result any, err error) []byte { return render(result, judge(result, err)) }
	return judge
}

// ForClient runs what was given codes on behalf of a client of the caller's own: a
// visitor of a shop, by address or id. A client who tries wrong codes has to wait
// longer and longer; the key that speaks for them never has to. Clients of different
// keys are strangers to each other. run returns what became of each of several codes.
func (a *App) ForClient(ctx context.Context, by By, client string, run func() ([]coupon.Verdict, error)) (Misses, error) {
	var wrong Misses
	try := func() (int64, error) {
		verdicts, err := run()
		wrong = misses(verdicts, err)
		return wrong.weight, err
	}
	if client == "" {
		_, err := try()
		return wrong, err
	}
	err := a.guess(ctx, []string{guesserClient + by.ID + ":" + client}, try)
	return wrong, err
}

// Misses are the wrong codes of one request.
type Misses struct {
	Codes  int
	weight int64 // what they count
}

func (m *Misses) add(reason string) {
	switch reason {
	case coupon.ErrNotFound.Code:
		m.Codes, m.weight = m.Codes+1, m.weight+missWeight
	case coupon.ErrMistyped.Code:
		m.Codes, m.weight = m.Codes+1, m.weight+typoWeight
	}
}

// misses counts the wrong codes in an answer: each of several, whatever became of the
// others, or the one that a fault is about.
func misses(verdicts []coupon.Verdict, err error) Misses {
	var m Misses
	if verdicts == nil {
		verdicts = coupon.VerdictsOf(nil, err)
	}
	for i := range verdicts {
		m.add(verdicts[i].Reason)
	}
	if verdicts == nil && WrongCode(err) {
		m.add(fault.Of(err).Code)
	}
	return m
}
