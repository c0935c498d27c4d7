package coupon

import "encoding/json"

// sameDoc compares two documents by what would be stored of them.
func sameDoc(a, b TermsDoc) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}
