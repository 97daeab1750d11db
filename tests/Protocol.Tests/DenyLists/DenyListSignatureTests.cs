using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;
using Xunit;

namespace Sallyport.Protocol.Tests.DenyLists;

public sealed class DenyListSignatureTests
{
    private const string Endpoint = "evil.example";

    // RFC 8032, section 7.1, test 1.
    private static readonly byte[] PrivateKey = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    private static readonly byte[] PublicKey = Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

    private static DenyList List { get; } = new("octo", 7, 1_764_158_400, [new(Endpoint, "beacon"), new("198.51.100.66", "host of it")]);

    [Fact]
    public void The_public_key_is_the_one_of_the_standard() => Assert.Equal(PublicKey, OwnerKey.PublicKeyOf(PrivateKey));

    [Fact]
    public void What_was_signed_opens_and_says_the_same()
    {
        Assert.True(DenyListSignature.TryOpen(DenyListSignature.Sign(List, PrivateKey), PublicKey, out var opened, out _));
        Assert.True(opened.IsSameAs(List));
        Assert.Equal("deny list version 7 of octo", opened.Name);
    }

    /// <summary>Written out from the standard, so that other programs can verify what the server signs.</summary>
    [Fact]
    public void The_envelope_is_DSSE()
    {
        var envelope = JsonNode.Parse(DenyListSignature.Sign(List, PrivateKey))!;
        Assert.Equal("application/vnd.sallyport.deny-list+json", (string?)envelope["payloadType"]);
        var payload = Convert.FromBase64String((string)envelope["payload"]!);
        Assert.Equal(
            """{"owner":"octo","version":7,"issued":1764158400,"entries":[{"endpoint":"evil.example","reason":"beacon"},{"endpoint":"198.51.100.66","reason":"host of it"}]}""",
            Encoding.UTF8.GetString(payload));
        var signed = new SignedEnvelope("http://example.com/HelloWorld", Encoding.UTF8.GetBytes("hello world"), []);
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(signed.SignedBytes()));
    }

    [Fact]
    public void No_byte_of_an_envelope_can_be_another_one()
    {
        var envelope = DenyListSignature.Sign(List, PrivateKey);
        for (var at = 0; at < envelope.Length; at++)
        {
            var other = envelope.ToArray();
            other[at] ^= 1;
            Assert.True(
                !DenyListSignature.TryOpen(other, PublicKey, out var opened, out var why) ? why.Length > 0 : opened.IsSameAs(List), $"at byte {at}");
        }
    }

    [Fact]
    public void A_part_of_an_envelope_is_none()
    {
        var envelope = DenyListSignature.Sign(List, PrivateKey);
        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.False(DenyListSignature.TryOpen(envelope.AsSpan(0, length), PublicKey, out _, out _));
        }
    }

    [Fact]
    public void Another_key_another_type_and_a_payload_in_the_place_of_another_are_refused()
    {
        var other = new byte[32];
        other[0] = 1;
        var envelope = DenyListSignature.Sign(List, PrivateKey);
        Assert.False(DenyListSignature.TryOpen(envelope, OwnerKey.PublicKeyOf(other), out _, out var why));
        Assert.Contains("signature", why, StringComparison.Ordinal);
        Assert.False(DenyListSignature.TryOpen(envelope, new byte[32], out _, out _));
        Assert.False(DenyListSignature.TryOpen(envelope, [], out _, out _));
        Assert.Contains("type", Refused(node => node["payloadType"] = "application/json"), StringComparison.Ordinal);
        Assert.Contains("signature", Refused(node =>
            node["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"owner":"octo","version":8,"issued":0,"entries":[]}"""))), StringComparison.Ordinal);
        Assert.Contains("signatures", Refused(node => node["signatures"] = new JsonArray()), StringComparison.Ordinal);
        Assert.Contains("signatures", Refused(node =>
            node["signatures"] = new JsonArray([.. Enumerable.Range(0, 9).Select(_ => node["signatures"]![0]!.DeepClone())])), StringComparison.Ordinal);
        Assert.Contains("signature", Refused(node => node["signatures"] = new JsonArray([null])), StringComparison.Ordinal);
        Assert.Contains("signature", Refused(node => node["signatures"]![0]!["sig"] = "AA=="), StringComparison.Ordinal);
    }

    /// <summary>As when a key is replaced: signed by both.</summary>
    [Fact]
    public void One_signature_that_counts_is_enough()
    {
        var both = JsonNode.Parse(DenyListSignature.Sign(List, PrivateKey))!;
        ((JsonArray)both["signatures"]!).Insert(0, JsonNode.Parse("""{"keyid":"another","sig":"AA=="}"""));
        Assert.True(DenyListSignature.TryOpen(Encoding.UTF8.GetBytes(both.ToJsonString()), PublicKey, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"payload":null,"payloadType":"application/vnd.sallyport.deny-list+json","signatures":null}""")]
    [InlineData("""{"payload":"%","payloadType":"application/vnd.sallyport.deny-list+json","signatures":[]}""")]
    [InlineData("""{"payloadType":"application/vnd.sallyport.deny-list+json"}""")]
    [InlineData("\u00ff\u0000")]
    public void What_is_no_envelope_is_refused(string text) =>
        Assert.False(DenyListSignature.TryOpen(Encoding.UTF8.GetBytes(text), PublicKey, out _, out _));

    [Fact]
    public void An_envelope_beyond_its_bound_is_not_looked_at()
    {
        Assert.False(DenyListSignature.TryOpen(new byte[DenyListLimits.EnvelopeBytes + 1], PublicKey, out _, out var why));
        Assert.Contains("bytes", why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_list_is_within_the_bound_of_its_envelope()
    {
        var entry = new DeniedEndpoint(new string('\u3042', DenyListLimits.EndpointCharacters), new string('\u3042', DenyListLimits.ReasonCharacters));
        var list = List with { Entries = [.. Enumerable.Repeat(entry, DenyListLimits.Entries)] };
        Assert.True(DenyListSignature.TryOpen(DenyListSignature.Sign(list, PrivateKey), PublicKey, out _, out _));
    }

    public static TheoryData<string> OutOfBounds =>
    [
        """{"owner":"octo","version":7,"issued":1}""",
        """{"owner":"octo","version":7,"issued":1,"entries":null}""",
        """{"owner":"octo","version":7,"issued":1,"entries":[null]}""",
        """{"owner":"octo","version":7,"issued":1,"entries":[{"endpoint":"a.example","reason":null}]}""",
        """{"owner":"octo","version":7,"issued":1,"entries":[{"endpoint":"a.example","reason":""}]}""",
        """{"owner":"octo","version":7,"issued":1,"entries":[{"endpoint":"a.example","reason":"two\nlines"}]}""",
        """{"owner":"octo","version":0,"issued":1,"entries":[]}""",
        """{"owner":"octo","version":7,"issued":-1,"entries":[]}""",
        """{"owner":"","version":7,"issued":1,"entries":[]}""",
        """{"owner":"octo","owner":"octo","version":7,"issued":1,"entries":[]}""",
        $$"""{"owner":"octo","version":7,"issued":1,"entries":[{{string.Join(',', Enumerable.Repeat("""{"endpoint":"a.example","reason":"r"}""", DenyListLimits.Entries + 1))}}]}""",
        $$"""{"owner":"octo","version":7,"issued":1,"entries":[{"endpoint":"{{new string('a', DenyListLimits.EndpointCharacters + 1)}}","reason":"r"}]}""",
    ];

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void A_payload_beyond_its_bounds_is_refused_though_it_is_signed(string payload)
    {
        var envelope = DenyListSignature.Sign(Encoding.UTF8.GetBytes(payload), PrivateKey);
        Assert.False(DenyListSignature.TryOpen(envelope, PublicKey, out _, out var why));
        Assert.DoesNotContain("signature", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_nobody_would_open_is_not_signed() =>
        Assert.Throws<ArgumentException>(() => DenyListSignature.Sign(List with { Version = 0 }, PrivateKey));

    private static string Refused(Action<JsonNode> change)
    {
        var envelope = JsonNode.Parse(DenyListSignature.Sign(List, PrivateKey))!;
        change(envelope);
        Assert.False(DenyListSignature.TryOpen(Encoding.UTF8.GetBytes(envelope.ToJsonString()), PublicKey, out _, out var why));
        return why;
    }
}
