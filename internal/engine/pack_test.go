package engine

import (
	"bytes"
	"encoding/hex"
	"hash/crc32"
	"testing"

	"pgregory.net/rapid"
)

const keptEnvelope = `201{"checkout":"chk_06h2pnq93to71001ppjpmh000c","redemptions":[{"id":"red_06h2pnq93to71001ppjpmh000c","reference":"R-1"}],"order":null}`

// What earlier versions kept comes again: these bytes stand in databases. Other words would
// make other answers of them.
func TestWhatWasPackedOnceIsUnpackedForEver(t *testing.T) {
	t.Parallel()
	if sum := crc32.ChecksumIEEE([]byte(answerWords)); sum != 0x343de7f2 {
		t.Errorf("the words have the sum %#x: they may not change", sum)
	}
	for name, kept := range map[string]string{
		"deflate": "7a84cbc10dc2300c05d05dfeb9484e9140780cae0871708c52dac6c6a4a72abb3342077823a51d525466db1a1852e6175dcae8f57b3b37bb26a2e4fef1b510916" +
			"04068d6d5db64f5077eec983218a1f948bd35b48a82713f25f4e7008bac01aedbb2f47f000000ffff",
		"words": "73870115000c6430366832706e713933746f373130303170706a706d68303030636e17027a3600398d08522d3101d51100106e756c6c7d",
	} {
		raw, err := hex.DecodeString(kept)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpacked(raw); string(got) != keptEnvelope {
			t.Errorf("%s: %q came again, %v", name, got, err)
		}
	}
	for from, kept := range map[string]string{"the API": keptEnvelope, "a form": `{"ID":"vch_1"}`, "a bulk change": "This voucher was ended.", "another": "\n", "an export": "\x1f\x8b\x08"} {
		if got, err := unpacked([]byte(kept)); string(got) != kept {
			t.Errorf("from %s %q came again, %v", from, got, err)
		}
	}
}

func TestAnAnswerIsPacked(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte(keptEnvelope), 700) // beyond where S2 looks into its dictionary
	for i := 0; i < len(large); i += 1 + i%977 {
		large[i] = byte(i * i)
	}
	for _, answer := range [][]byte{large, large[:1<<16], large[:1<<16+1], {}} {
		if got, err := unpacked(packed(answer)); err != nil || got == nil || !bytes.Equal(got, answer) {
			t.Errorf("%d bytes became %d others, %v", len(answer), len(got), err)
		}
	}
	if kept := packed([]byte(keptEnvelope)); 2*len(kept) > len(keptEnvelope) {
		t.Errorf("%d bytes became %d", len(keptEnvelope), len(kept))
	}
	rapid.Check(t, func(t *rapid.T) {
		answer := rapid.SliceOfN(rapid.SampledFrom([]byte(`{}[]",:0sz`+"\x00\xff")), 0, 5000).Draw(t, "answer")
		if got, err := unpacked(packed(answer)); err != nil || !bytes.Equal(got, answer) {
			t.Errorf("%q became %q, %v", answer, got, err)
		}
	})
}

func TestABrokenAnswerIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	kept := packed([]byte(keptEnvelope))
	for _, broken := range [][]byte{kept[:len(kept)-1], {packedWords}, {packedDeflate, 0xff}} {
		if got, err := unpacked(broken); err == nil {
			t.Errorf("%x was given again as %q", broken, got)
		}
	}
}
