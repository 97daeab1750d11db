namespace Sallyport.Protocol.Recording;

/// <summary>A flow ended.</summary>
/// <param name="Connection">Id of the socket's flow.</param>
/// <param name="BytesOut">Payload bytes that the peer acknowledged (TCP) or that were sent (UDP).</param>
/// <param name="BytesIn">Payload bytes received.</param>
public sealed record ConnectionClosed(
    string Connection,
    long BytesOut,
    long BytesIn) : RecordedEvent;
