//go:build race

package coupon_test

const raced = true
