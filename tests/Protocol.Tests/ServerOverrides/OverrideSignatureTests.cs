using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;
using Xunit;

namespace Sallyport.Protocol.Tests.ServerOverrides;

public sealed class OverrideSignatureTests
{
    private static readonly byte[] PrivateKey = [.. Enumerable.Range(0, OwnerKey.KeyBytes).Select(value => (byte)value)];
    private static readonly byte[] PublicKey = OwnerKey.PublicKeyOf(PrivateKey);

    private static ServerOverride Glass { get; } = new(
        "0193", "octo", "octo/demo", null, null, "the registry has moved", "mona", 1_764_158_400, 1_764_162_000);

    [Fact]
    public void What_was_signed_opens_and_says_the_same()
    {
        Assert.True(TryOpen(OverrideSignature.Sign(Glass, PrivateKey), out var opened, out _));
        Assert.Equal(Glass, opened);
        Assert.Equal(
            """{"id":"0193","owner":"octo","repository":"octo/demo","run":null,"runner":null,"reason":"the registry has moved","by":"mona","from":1764158400,"until":1764162000}""",
            Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(OverrideSignature.Sign(Glass, PrivateKey))!["payload"]!)));
    }

    [Fact]
    public void No_byte_of_an_envelope_can_be_another_one()
    {
        var envelope = OverrideSignature.Sign(Glass, PrivateKey);
        for (var at = 0; at < envelope.Length; at++)
        {
            var other = envelope.ToArray();
            other[at] ^= 1;
            Assert.True(!TryOpen(other, out var opened, out var why) ? why!.Length > 0 : opened == Glass, $"at byte {at}");
        }
    }

    /// <summary>One key signs both, and the type says which it is.</summary>
    [Fact]
    public void A_deny_list_is_no_override_and_an_override_is_no_deny_list()
    {
        var list = DenyListSignature.Sign(new DenyList("octo", 7, 1, []), PrivateKey);
        Assert.False(TryOpen(list, out _, out var why));
        Assert.Contains("type", why, StringComparison.Ordinal);
        var payload = JsonNode.Parse(list)!;
        payload["payloadType"] = OverrideSignature.PayloadType;
        Assert.False(TryOpen(Encoding.UTF8.GetBytes(payload.ToJsonString()), out _, out why));
        Assert.Contains("signature", why, StringComparison.Ordinal);
        Assert.False(DenyListSignature.TryOpen(OverrideSignature.Sign(Glass, PrivateKey), PublicKey, out _, out why));
        Assert.Contains("type", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_and_what_is_no_envelope_are_refused()
    {
        Assert.True(OverrideSignature.TryRead(OverrideSignature.Sign(Glass, PrivateKey), out var envelope, out _));
        foreach (var key in new[] { new byte[OwnerKey.KeyBytes], [], OwnerKey.PublicKeyOf([.. Enumerable.Repeat((byte)9, OwnerKey.KeyBytes)]) })
        {
            Assert.False(OverrideSignature.TryOpen(envelope, key, out _, out var why));
            Assert.Contains("signature", why, StringComparison.Ordinal);
        }

        Assert.False(TryOpen(Encoding.UTF8.GetBytes("<html>sign in to the network</html>"), out _, out _));
        Assert.False(TryOpen(new byte[OverrideLimits.EnvelopeBytes + 1], out _, out var tooLong));
        Assert.Contains("bytes", tooLong, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> OutOfBounds => new()
    {
        { "no override", """{"id":"1","owner":"octo"}""" },
        { "no override", """{"id":"1","id":"1","owner":"octo","repository":null,"run":null,"runner":null,"reason":"r","by":"b","from":0,"until":1}""" },
        { "no id", Json("""{"id":""}""") },
        { "owner", Json("""{"owner":""}""") },
        { "repository", Json("""{"repository":""}""") },
        { "reason", Json("""{"reason":""}""") },
        { "reason", Json("""{"reason":"two\nlines"}""") },
        { "reason", Json($$"""{"reason":"{{new string('r', OverrideLimits.ReasonCharacters + 1)}}"}""") },
        { "by whom", Json("""{"by":""}""") },
        { "before it begins", Json("""{"from":1764162000}""") },
        { "at most 24", Json("""{"until":1764244801}""") },
        { "times", Json("""{"from":-1}""") },
        { "times", Json("""{"from":9223372036854775807,"until":9223372036854775807}""") },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void A_payload_beyond_its_bounds_is_refused_though_it_is_signed(string expected, string payload)
    {
        Assert.False(TryOpen(OverrideSignature.Sign(Encoding.UTF8.GetBytes(payload), PrivateKey), out _, out var why));
        Assert.Contains(expected, why, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_is_within_the_bounds_and_one_that_nobody_would_open_is_not_signed()
    {
        var name = new string('\u3042', OverrideLimits.NameCharacters);
        var id = new string('\u3042', OverrideLimits.IdCharacters);
        var longest = new ServerOverride(
            id, new string('\u3042', OverrideLimits.OwnerCharacters), name, id, name, new string('\u3042', OverrideLimits.ReasonCharacters), name,
            1_764_158_400, 1_764_158_400 + (24 * 3600));
        Assert.True(TryOpen(OverrideSignature.Sign(longest, PrivateKey), out _, out _));
        Assert.Throws<ArgumentException>(() => OverrideSignature.Sign(Glass with { Until = Glass.From }, PrivateKey));
    }

    private static bool TryOpen(byte[] bytes, out ServerOverride? opened, out string? why)
    {
        opened = null;
        return OverrideSignature.TryRead(bytes, out var envelope, out why) && OverrideSignature.TryOpen(envelope, PublicKey, out opened, out why);
    }

    // What is signed, but for this.
    private static string Json(string change)
    {
        var payload = JsonNode.Parse("""
            {"id":"0193","owner":"octo","repository":null,"run":null,"runner":null,"reason":"moved","by":"mona","from":1764158400,"until":1764162000}
            """)!;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(change)!)
        {
            payload[name] = value?.DeepClone();
        }

        return payload.ToJsonString();
    }
}
