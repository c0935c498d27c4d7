package store_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// order buys two shirts with a tenth off and a gift voucher, and takes one back.
func (s *shop) order(who coupon.CustomerID) coupon.CheckoutID {
	s.t.Helper()
	off := s.issue(s.campaign(coupon.KindDiscount, coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Holder: coupon.Open, PerVoucher: 1}))
	pays := s.issue(s.campaign(coupon.KindGift, gift))
	out := must[coupon.Redeemed](s, coupon.Redeem{
		Items: []coupon.Item{{Voucher: off.ID}, {Voucher: pays.ID}}, Customer: coupon.CustomerRef{ID: who}, Channel: coupon.ViaAPI, By: till,
		Order: &coupon.Order{Reference: "A-1", Currency: "SGD", Shipping: 500, Metadata: coupon.Facts{"points": int64(9007199254740991)}, Lines: []coupon.Line{{ID: "l1", Product: "shirt", Quantity: 2, UnitPrice: 1000}}},
	})
	must[coupon.UndoneCheckout](s, coupon.ReverseCheckout{Checkout: out.Checkout, Lines: []coupon.ReturnLine{{ID: "l1", Quantity: 1}}, Reason: "test", By: ada})
	return out.Checkout
}

func TestACheckoutIsKeptAsItWas(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei")
		id := s.order(mei.ID)
		k, err := s.Checkout(ctx, id)
		ok(t, err)
		equal(t, "figures", []any{k.Reference, k.Customer, k.Currency, k.Subtotal, k.Discount, k.Paid, k.Open, k.Priced.Due, k.Back.Units["l1"]},
			[]any{"A-1", mei.ID, money.Asset("SGD"), int64(2000), int64(200), int64(1000), int64(2), int64(1300), int64(1)})
		equal(t, "metadata", k.Order.Metadata, coupon.Facts{"points": int64(9007199254740991)})
		page, err := s.Checkouts(ctx, coupon.CheckoutFilter{Customer: mei.ID}, coupon.Paging{})
		ok(t, err)
		equal(t, "of the customer", page.Rows, []coupon.Checkout{k})
		page, err = s.Checkouts(ctx, coupon.CheckoutFilter{Reference: "A-2"}, coupon.Paging{})
		ok(t, err)
		equal(t, "of another order", len(page.Rows), 0)
		rows, err := s.Redemptions(ctx, coupon.RedemptionFilter{Checkout: id}, coupon.Paging{})
		ok(t, err)
		equal(t, "its redemptions", len(rows.Rows), 2)
		must[coupon.UndoneCheckout](s, coupon.ReverseCheckout{Checkout: id, Reason: "test", By: ada})
		k, err = s.Checkout(ctx, id)
		ok(t, err)
		equal(t, "open", k.Open, int64(0))
		s.sound("after all")
	})
}

func TestARefusalKeepsItsOrder(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		with, without := tryOf("vch_1", s.now()), tryOf("vch_2", s.now())
		with.Order = &coupon.Order{Currency: "SGD", Lines: []coupon.Line{{ID: "l1", Quantity: 1, UnitPrice: 5}}}
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{with, without}))
		for _, want := range []coupon.Refusal{with, without} {
			got, err := s.Refusal(ctx, want.ID)
			ok(t, err)
			equal(t, "refusal", got, want)
		}
	})
}
