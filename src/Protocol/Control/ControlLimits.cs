namespace Sallyport.Protocol.Control;

/// <summary>Bounds of the control socket (/run/sallyport/control.sock, SOCK_SEQPACKET, one JSON document a message).</summary>
public static class ControlLimits
{
    /// <summary>Version of the messages, their <c>v</c>.</summary>
    public const int Version = 1;

    /// <summary>One message, either way.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    /// <summary>Inputs of one request; the Action has sixteen.</summary>
    public const int MaxInputs = 64;

    /// <summary>Levels of nesting that are read.</summary>
    internal const int MaxDepth = 8;
}
