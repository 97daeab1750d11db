using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Machine;

/// <summary>Address of a Sallyport server, as agent.yml, the Action and the command line name it.</summary>
public static class ServerAddress
{
    /// <summary>Characters of an address.</summary>
    public const int MaxLength = 2048;

    /// <summary>What is accepted, for mistakes.</summary>
    public const string Accepted = "https://host[:port][/path], http:// for loopback only, without user, query and fragment";

    /// <summary>Reads an address. Without TLS only loopback will do: a credential goes there.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Uri? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = text.Length <= MaxLength && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            && url is { UserInfo: "", Query: "", Fragment: "" }
                ? url
                : null;
        return address is not null;
    }
}
