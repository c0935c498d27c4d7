package engine

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"

	"github.com/klauspost/compress/s2"
)

// What is kept under an idempotency key is packed before it is sealed: it would be a third of what
// a redemption writes, and most of it are the same words each time. It is unpacked until its key
// is forgotten, by later versions too: the words never change, better ones get a mark of their own.

// The first byte of what is packed: an S2 block with answerWords, or deflate (RFC 1951), which large
// answers of the API were before. What was kept as it is began with a digit (from the API), a brace
// (from forms), a capital letter or a newline (from bulk changes), or 0x1f (from exports).
const (
	packedWords   = 's'
	packedDeflate = 'z'
)

// answerWords are what answers of the API mostly say, the commonest last: matches that are near are
// short.
const answerWords = `404{"type":"urn:scrip:not_found","title":"There is no such code.","status":404,"code":"not_found","request_id":"req_` +
	`409{"type":"urn:scrip:already_redeemed","title":"This voucher has already been redeemed.","status":409,"code":"already_redeemed",` +
	`"vouchers":[{"index":0,"tail":"","reason":"already_redeemed"}],"request_id":"req_` +
	`201{"id":"vch_","serial":"","prefix":"","tail":"","public":false,"campaign":"cmp_","batch":"bat_","kind":"gift","status":"active",` +
	`"state":"active","disabled":false,"value":{"type":"amount","money":{"amount":1000,"currency":"SGD"}},"balance":{"amount":1000,` +
	`"currency":"SGD"},"uses":0,"max_uses":null,"holder":null,"earning_method":"api","source_reference":null,"remarks":"",` +
	`"starts_at":null,"expires_at":null,"first_used_at":null,"last_used_at":null,"last_used_by":null,"ended":null,"replaces":null,` +
	`"replaced_by":null,"metadata":{},"created_at":"2026-","updated_at":"2026-","code":"` +
	`201{"id":"cus_","source_id":null,"name":"","email":null,"mobile":null,"member_id":null,"groups":[],"language":null,"consent":{},` +
	`"state":"active","metadata":{},"created_at":"` +
	`201{"reversals":[{"id":"rev_","redemption":"red_","voucher":"vch_","money":{"amount":100,"currency":"SGD"},"whole":true,` +
	`"reason":"","by":{"kind":"key","id":"key_","name":"` +
	`201{"id":"hld_","state":"open","customer":null,"vouchers":[{"voucher":"vch_","tail":"","money":null}],"order":` +
	`{"currency":"USD","subtotal":1000,"discount":100,"shipping":500,"shipping_discount":0,"total":1000,"paid":0,"due":1000,` +
	`"lines":[{"id":"l1","subtotal":1000,"discount":100,"total":1000,"by":[{"voucher":"vch_","discount":100,"paid":0}]}],` +
	`"shipping_by":[]},"vouchers":[{"voucher":"vch_","tail":"","valid":true,"reason":null,"text":null,"currency":"USD",` +
	`"discount":100,"wanted":100,"paid":0}],"balances":[]}` + firstWords +
	`"redemptions":[{"id":"red_","checkout":"chk_","voucher":"vch_","campaign":"cmp_","serial":"","tail":"","money":{"amount":1000,` +
	`"currency":"SGD"},"customer":null,"channel":"api","location":null,"reference":"","transaction":{"type":"top_up"},"hold":null,` +
	`"by":{"kind":"key","id":"key_","name":""},"reversed":{"amount":0,"currency":"SGD"},"returned":false,"reversals":[],` +
	`"at":"2026-11-21T04:00:00Z"}],"order":null,"vouchers":[],"balances":[{"customer":"cus_","amount":1000,"currency":"SGD"}]}`

// firstWords are how the commonest answer begins.
const firstWords = `201{"checkout":"chk_",`

var dictionary = s2.MakeDictManual([]byte(answerWords), uint16(strings.Index(answerWords, firstWords)))

func packed(answer []byte) []byte {
	room := make([]byte, 1+s2.MaxEncodedLen(len(answer)))
	room[0] = packedWords
	return room[:1+len(dictionary.Encode(room[1:], answer))] // there is room for any answer
}

// unpacked gives back what was packed.
func unpacked(kept []byte) ([]byte, error) {
	if len(kept) == 0 {
		return kept, nil
	}
	switch kept[0] {
	case packedWords:
		return dictionary.Decode([]byte{}, kept[1:]) // of nothing, not nil: there was an answer
	case packedDeflate:
		return io.ReadAll(flate.NewReader(bytes.NewReader(kept[1:])))
	}
	return kept, nil
}
