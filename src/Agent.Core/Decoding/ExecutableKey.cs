using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A file as it was when it was executed: another content has another key, whatever its times were set to.</summary>
/// <param name="Device">Kernel encoding: major &lt;&lt; 20 | minor.</param>
/// <param name="Inode">On that device.</param>
/// <param name="ChangedNs">Its change time (ctime), which nobody sets.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct ExecutableKey(uint Device, ulong Inode, ulong ChangedNs, ulong Size)
{
    /// <summary>Of the record of an exec.</summary>
    public static ExecutableKey Of(in ProcessExecutedRecord record) =>
        new(record.Device, record.Inode, record.CtimeNs, record.Size);
}
