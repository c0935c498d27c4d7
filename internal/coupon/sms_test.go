package coupon_test

import (
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

func TestMeasureSMS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		text string
		want coupon.SMSLength
	}{
		{"no text", "", coupon.SMSLength{}},
		{"a short text", "Hello", coupon.SMSLength{Units: 5, Segments: 1, Left: 155}},
		{"accents of the alphabet", "Café à 5 £", coupon.SMSLength{Units: 10, Segments: 1, Left: 150}},
		{"the euro sign takes two", "5 €", coupon.SMSLength{Units: 4, Segments: 1, Left: 156}},
		{"as much as fits", strings.Repeat("a", 160), coupon.SMSLength{Units: 160, Segments: 1}},
		{"one more makes two", strings.Repeat("a", 161), coupon.SMSLength{Units: 161, Segments: 2, Left: 145}},
		{"two whole ones", strings.Repeat("a", 306), coupon.SMSLength{Units: 306, Segments: 2}},
		{"three", strings.Repeat("a", 307), coupon.SMSLength{Units: 307, Segments: 3, Left: 152}},
		{"a pair is not split", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), coupon.SMSLength{Units: 306, Segments: 3, Left: 152}},
		{"Chinese", strings.Repeat("券", 70), coupon.SMSLength{Units: 70, Segments: 1, Wide: true}},
		{"one Chinese character makes all wide", strings.Repeat("a", 70) + "券", coupon.SMSLength{Units: 71, Segments: 2, Left: 63, Wide: true}},
		{"a curly quote does too", "“Hi”", coupon.SMSLength{Units: 4, Segments: 1, Left: 66, Wide: true}},
		{"an emoji takes two", "Hi 🎁", coupon.SMSLength{Units: 5, Segments: 1, Left: 65, Wide: true}},
		{"an emoji is not split", strings.Repeat("券", 66) + "🎁" + strings.Repeat("券", 3), coupon.SMSLength{Units: 71, Segments: 2, Left: 62, Wide: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wants(t, c.text, coupon.MeasureSMS(c.text), c.want)
		})
	}
}
