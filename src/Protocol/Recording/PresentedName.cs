using System.Net;

namespace Sallyport.Protocol.Recording;

/// <summary>The name that a flow said of itself (SNI, Host), as a recording has it: its bytes escaped as DNS does (RFC 4343).</summary>
public static class PresentedName
{
    private const string EscapedBracket = "\\091";

    /// <summary>Whether it is an address, or was meant to be one: that is nobody's name.</summary>
    public static bool IsAddress(string presented)
    {
        ArgumentNullException.ThrowIfNull(presented);
        return presented.StartsWith(EscapedBracket, StringComparison.Ordinal) || IPAddress.TryParse(presented, out _);
    }
}
