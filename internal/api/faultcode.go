package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// faultCodes lists every code a problem may have; a test compares it with the
// source. The engine's and the rate limit's faults are not this package's to see.
func faultCodes() []*fault.Error {
	return []*fault.Error{
		coupon.ErrNotFound, coupon.ErrMistyped, coupon.ErrNotActive, coupon.ErrDisabled, coupon.ErrFrozen, coupon.ErrPaused, coupon.ErrNotStarted,
		coupon.ErrExpired, coupon.ErrOutsideHours, coupon.ErrAlreadyRedeemed, coupon.ErrLimitReached, coupon.ErrCustomerLimit, coupon.ErrDailyLimit,
		coupon.ErrBudget, coupon.ErrAllocation, coupon.ErrCustomerRequired, coupon.ErrLocationRequired, coupon.ErrOrderRequired, coupon.ErrAmountRequired,
		coupon.ErrNotHolder, coupon.ErrNotEligible, coupon.ErrWrongLocation, coupon.ErrNotApplicable, coupon.ErrMinimum, coupon.ErrNotCombinable,
		coupon.ErrInsufficient, coupon.ErrCurrency, coupon.ErrHeld, coupon.ErrLockedOut, coupon.ErrAlreadyReversed, coupon.ErrConflict,
		coupon.ErrNoConsent, coupon.ErrNoContact, coupon.ErrSentJustNow,
		coupon.ErrIdempotencyMismatch, coupon.ErrInProgress, coupon.ErrPrefixTooFull, coupon.ErrCodeTooShort, coupon.ErrAway,
		app.ErrUnauthenticated, app.ErrForbidden, app.ErrImportErrors, app.ErrImportAgain,
		errMalformed, errMethod, errMediaType, errNoSuchPath, errUnavailable, errNotReady, errInternal,
		fault.New(fault.Invalid, "invalid", "Some fields need another look: fields names them."),
		fault.New(fault.TooLarge, "too_large", "The body is larger than this address takes: 1 MiB, with an order 4 MiB, as a file more."),
		fault.New(fault.RateLimited, "rate_limited", "Too many requests. Retry-After says when to try again."),
		fault.New(fault.Unavailable, "busy", "Too many requests are waiting."),
		fault.New(fault.Unavailable, "closing", "The server is stopping."),
		fault.New(fault.Unavailable, "timeout", "The answer did not come in time. Ask again with the same idempotency key."),
		fault.New(fault.Unavailable, "storage", "The storage refuses to write. Nothing was changed."),
		fault.New(fault.Unavailable, "keys_missing", "The server has no key file: nothing can be changed."),
		fault.New(fault.Unavailable, "keys_corrupt", "The server's key file cannot be read: nothing can be changed."),
		fault.New(fault.Unavailable, "keys_wrong", "The server's key file does not belong to its database: nothing can be changed."),
		fault.New(fault.Unavailable, "key_unknown", "The key that sealed this value is not in the server's key file."),
		fault.New(fault.NotFound, "not_set_up", "This installation has not been set up."),
	}
}

// faultTable documents the codes.
func faultTable() string {
	list := faultCodes()
	slices.SortFunc(list, func(a, b *fault.Error) int { return cmp.Compare(a.Code, b.Code) })
	var b strings.Builder
	b.WriteString("Every code a problem can have. A refused redemption is 409, with the reason per voucher in `vouchers`.\n\n| code | status | meaning |\n| --- | --- | --- |\n")
	for _, f := range list {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", f.Code, status(f), f.Msg)
	}
	return b.String()
}
