using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("github.com", "github.com:443")]
    [InlineData("GitHub.COM.:443", "github.com:443")]
    [InlineData("github.com:80", "github.com:80")]
    [InlineData("github.com:8000-8010", "github.com:8000-8010")]
    [InlineData("github.com:*", "github.com:*")]
    [InlineData("*.docker.io", "*.docker.io:443")]
    [InlineData("_dmarc.example.com", "_dmarc.example.com:443")]
    [InlineData("198.51.100.7", "198.51.100.7:443")]
    [InlineData("10.20.0.0/16:5432", "10.20.0.0/16:5432")]
    [InlineData("10.20.0.0/16", "10.20.0.0/16:443")]
    [InlineData("0.0.0.0/0:53", "0.0.0.0/0:53")]
    [InlineData("[2001:db8::1]:8443", "[2001:db8::1]:8443")]
    [InlineData("[2001:DB8:0:0::1]", "[2001:db8::1]:443")]
    [InlineData("2001:db8::1", "[2001:db8::1]:443")]
    [InlineData("2001:db8::/32", "[2001:db8::/32]:443")]
    [InlineData("[2001:db8::/32]:22", "[2001:db8::/32]:22")]
    [InlineData("[2001:db8::]/32:22", "[2001:db8::/32]:22")]
    [InlineData("2001:db8::/32:22", "[2001:db8::/32]:22")]
    [InlineData("[::ffff:198.51.100.7]:80", "198.51.100.7:80")]
    [InlineData("tcp://db.example.com:5432", "tcp://db.example.com:5432")]
    [InlineData("tcp://198.51.100.7:5432", "198.51.100.7:5432")]
    [InlineData("UDP://time.example.com:123", "udp://time.example.com:123")]
    [InlineData("udp://[2001:db8::1]:123", "udp://[2001:db8::1]:123")]
    [InlineData("icmp://198.51.100.0/24", "icmp://198.51.100.0/24")]
    [InlineData("ssh://github.com", "github.com:22")]
    [InlineData("ssh://github.com:2222", "ssh://github.com:2222")]
    [InlineData("proxy://proxy.example.com:3128", "proxy://proxy.example.com:3128")]
    [InlineData("dns://internal.example.com", "dns://internal.example.com")]
    [InlineData("dns://*.internal.example.com", "dns://*.internal.example.com")]
    [InlineData("Bücher.example", "xn--bcher-kva.example:443")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah:443")]
    [InlineData("*.münchen.example:80", "*.xn--mnchen-3ya.example:80")]
    [InlineData("ПРИМЕР.example", "xn--e1afmkfd.example:443")]
    public void An_endpoint_has_one_canonical_text_which_reads_back_as_itself(string text, string canonical)
    {
        Endpoint endpoint = Parse(text);

        Assert.Equal(canonical, endpoint.Text);
        Assert.Equal(endpoint, Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*:443")]
    [InlineData("a.*.example.com")]
    [InlineData("foo*.example.com")]
    [InlineData("**.example.com")]
    [InlineData("*.")]
    [InlineData("*.198.51.100.7")]
    [InlineData(".")]
    [InlineData("..example.com")]
    [InlineData("example..com")]
    [InlineData("example.com..")]
    [InlineData("exa mple.com")]
    [InlineData("exa\0mple.com")]
    [InlineData("example.com:")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:+443")]
    [InlineData("example.com:4 43")]
    [InlineData("example.com:44３")]
    [InlineData("example.com:443-80")]
    [InlineData("example.com:1-2-3")]
    [InlineData("example.com:443:443")]
    [InlineData("https://github.com")]
    [InlineData("https://github.com/a/b")]
    [InlineData("ftp://example.com")]
    [InlineData("://example.com")]
    [InlineData("github.com/actions")]
    [InlineData("git@github.com")]
    [InlineData("198.51.100.256")]
    [InlineData("198.51.100")]
    [InlineData("198.51.100.07")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("10.1.2.3/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/")]
    [InlineData("example.com/24")]
    [InlineData("[2001:db8::1")]
    [InlineData("[198.51.100.7]:80")]
    [InlineData("[2001:db8::1]443")]
    [InlineData("[2001:db8::1%eth0]:443")]
    [InlineData("[]:443")]
    [InlineData("2001:db8::g")]
    [InlineData("2001:db8::1/64")]
    [InlineData("udp://time.example.com")]
    [InlineData("proxy://proxy.example.com")]
    [InlineData("icmp://example.com:8")]
    [InlineData("dns://example.com:53")]
    [InlineData("dns://198.51.100.7")]
    [InlineData("straße.example")]
    [InlineData("ｇithub.com")]
    [InlineData("gi\u0301thub.com")]
    [InlineData("git\u200Bhub.com")]
    [InlineData("\uD800.example")]
    [InlineData("@npm")]
    public void What_is_no_endpoint_is_refused_with_what_would_be_accepted(string text)
    {
        Assert.False(Endpoint.TryParse(text, EndpointUse.Allow, out _, out EndpointMistake? mistake));
        Assert.NotEmpty(mistake.What);
        Assert.NotEmpty(mistake.Accepted);
    }

    [Fact]
    public void A_name_of_253_characters_is_accepted_and_one_more_is_not()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('b', 61)}";

        Assert.Equal($"{longest}:443", Parse(longest).Text);
        Assert.False(Endpoint.TryParse($"{longest}c", EndpointUse.Allow, out _, out _));
        Assert.False(Endpoint.TryParse($"{label}a.example", EndpointUse.Allow, out _, out _));
    }

    [Theory]
    [InlineData("evil.example", "evil.example", EndpointScheme.Any)]
    [InlineData("evil.example:443", "evil.example:443", EndpointScheme.Host)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", EndpointScheme.Any)]
    [InlineData("udp://evil.example", "udp://evil.example:*", EndpointScheme.Udp)]
    public void In_deny_a_missing_port_means_every_port_and_protocol(string text, string canonical, EndpointScheme scheme)
    {
        Assert.True(Endpoint.TryParse(text, EndpointUse.Deny, out Endpoint? endpoint, out _));
        Assert.Equal((canonical, scheme), (endpoint.Text, endpoint.Scheme));
        Assert.Equal(scheme == EndpointScheme.Any, endpoint.MatchesPort(132, 9));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8:8080", true)]
    [InlineData("[2001:db8::]/32", true)]
    [InlineData("peer.example.com", false)]
    [InlineData("dns://10.0.0.0/8", false)]
    [InlineData("proxy://10.0.0.1:80", false)]
    public void Inbound_takes_addresses_only(string text, bool accepted) =>
        Assert.Equal(accepted, Endpoint.TryParse(text, EndpointUse.Inbound, out _, out _));

    [Theory]
    [InlineData("github.com", true)]
    [InlineData("github.com:*", true)]
    [InlineData("*.github.com:22-23", true)]
    [InlineData("github.com:22", false)]
    [InlineData("tcp://github.com:443", false)]
    [InlineData("ssh://github.com:443", false)]
    [InlineData("udp://github.com:443", false)]
    [InlineData("proxy://github.com:443", false)]
    [InlineData("198.51.100.7", false)]
    public void Only_name_rules_without_scheme_and_beyond_ssh_ask_for_a_name(string text, bool requires) =>
        Assert.Equal(requires, Parse(text).RequiresName);

    [Theory]
    [InlineData("*.github.com", "api.github.com", true)]
    [InlineData("*.github.com", "a.b.github.com", true)]
    [InlineData("*.github.com", "github.com", false)]
    [InlineData("*.github.com", "evilgithub.com", false)]
    [InlineData("*.github.com", "github.com.evil.example", false)]
    [InlineData("github.com", "api.github.com", false)]
    [InlineData("github.com", "github.com", true)]
    public void Names_are_compared_label_by_label(string rule, string name, bool matches) =>
        Assert.Equal(matches, Parse(rule).MatchesName(name));

    [Theory]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "*.a.example.com", true)]
    [InlineData("*.example.com", "*.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("a.example.com", "*.example.com", false)]
    [InlineData("a.example.com:*", "a.example.com", true)]
    [InlineData("a.example.com:400-500", "a.example.com", true)]
    [InlineData("a.example.com", "a.example.com:*", false)]
    [InlineData("tcp://a.example.com", "a.example.com", true)]
    [InlineData("a.example.com", "tcp://a.example.com", false)]
    [InlineData("a.example.com:20-25", "a.example.com:22", false)]
    [InlineData("a.example.com", "dns://a.example.com", true)]
    [InlineData("dns://a.example.com", "a.example.com", false)]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", false)]
    [InlineData("[::/0]", "10.0.0.0/8", false)]
    [InlineData("udp://10.0.0.0/8:53", "10.0.0.1:53", false)]
    [InlineData("proxy://a.example.com:80", "a.example.com:80", false)]
    public void Covering_means_allowing_no_less(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, Parse(wide).Covers(Parse(narrow)));

    private static Endpoint Parse(string text)
    {
        Assert.True(Endpoint.TryParse(text, EndpointUse.Allow, out Endpoint? endpoint, out EndpointMistake? mistake),
            $"{text}: {mistake?.What}");
        return endpoint;
    }
}
