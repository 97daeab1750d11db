using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sallyport.Protocol.Signing;

namespace Sallyport.Protocol.DenyLists;

/// <summary>Signs deny lists, and opens what claims to be one (ADR 0026).</summary>
public static class DenyListSignature
{
    /// <summary>Type of the payload.</summary>
    public const string PayloadType = "application/vnd.sallyport.deny-list+json";

    /// <summary>An envelope, as JSON in UTF-8.</summary>
    /// <param name="list">Within its bounds.</param>
    /// <param name="privateKey"><see cref="OwnerKey.KeyBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The list breaks a bound: nobody would open it.</exception>
    public static byte[] Sign(DenyList list, byte[] privateKey)
    {
        ArgumentNullException.ThrowIfNull(list);
        if (list.Mistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(list));
        }

        return Sign(JsonSerializer.SerializeToUtf8Bytes(list, DenyListJson.Default.DenyList), privateKey);
    }

    /// <summary>The same of any payload: whoever has the key could sign what is no list, and nobody may open it.</summary>
    internal static byte[] Sign(ReadOnlyMemory<byte> payload, byte[] privateKey) => OwnerKey.Sign(PayloadType, payload, privateKey);

    /// <summary>Opens an envelope. Never throws, whatever the bytes; of the payload nothing is believed before its signature.</summary>
    /// <param name="envelope">From anywhere.</param>
    /// <param name="publicKey"><see cref="OwnerKey.KeyBytes"/> bytes.</param>
    /// <param name="list">Within its bounds, when true is returned.</param>
    /// <param name="why">What is wrong, when false is returned; holds no text of the envelope.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> envelope, byte[] publicKey, [NotNullWhen(true)] out DenyList? list, [NotNullWhen(false)] out string? why)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        var read = OwnerKey.TryRead(envelope, DenyListLimits.EnvelopeBytes, out why) is { } signed
            ? OwnerKey.TryOpen(signed, PayloadType, DenyListJson.Default.DenyList, "deny list", publicKey, out why)
            : null;
        why ??= read!.Mistake();
        list = why is null ? read : null;
        return why is null;
    }
}
