package admin_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// Dates and amounts are written as a person reads them, on every page and device; words,
// fields and files stay as they are.
func TestDatesAndAmountsAsInALanguage(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Admin, "/admin/profile").shows("English · 21 Nov 2026").shows("1,234.50", "1.234,50").has(`<option value="de"`).hides(`<option value="ar"`)
	d.get(coupon.Admin, "/admin/refill").shows("SGD ")
	d.post(coupon.Admin, "/admin/profile/language", "language", "de", "back", "/admin/refill").leads("/admin/refill")
	d.get(coupon.Admin, "/admin/profile").shows("Dates and amounts", "21. Nov. 2026").has(`<option value="de" selected`)
	path := "/admin/coupons/" + string(d.gift.ID)
	d.get(coupon.Admin, path).shows("10,00 SGD", "21. Nov. 2026").hides("SGD\u00a010.00")
	d.get(coupon.Admin, path+"/edit").has(`value="10.00"`)
	d.get(coupon.Marketing, path).shows("SGD 10.00", "21 Nov 2026")
	for _, code := range []string{"ar", "tlh", ""} {
		d.post(coupon.Admin, "/admin/profile/language", "language", code).is(422).has(`id="language-error"`)
	}
	d.post(coupon.Admin, "/admin/profile/language", "language", "en", "back", "https://example.com/").leads("/admin/profile")
}
