using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_process_exited</c>: a process of the job ended.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessExitedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>As wait(2) gives it.</summary>
    public uint Status;
}
