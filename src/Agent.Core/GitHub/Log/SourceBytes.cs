using System.Buffers;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>What the name of a source in the log is made of: that of a class.</summary>
internal static class SourceBytes
{
    public static readonly SearchValues<byte> Values =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.`"u8);
}
