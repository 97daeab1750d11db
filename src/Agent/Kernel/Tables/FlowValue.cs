using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct flow: what a socket of the job carries.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowValue
{
    /// <summary>Address, port and verdict are of a judgement.</summary>
    internal const uint Judged = 0x01;

    /// <summary>The job called.</summary>
    internal const uint Active = 0x02;

    /// <summary>Opened before the job: judged by each packet's destination.</summary>
    internal const uint Inherited = 0x20;

    internal ulong Process;
    internal ulong Cgroup;
    internal ulong Network;
    internal ulong BytesOut;
    internal ulong BytesIn;
    internal uint Pid;
    internal uint Uid;
    internal uint Execution;
    internal uint Flags;
    internal byte StepPolicy;
    internal byte ExePolicy;
    internal byte Protocol;
    internal byte Verdict;
    internal byte Reason;
    private readonly byte padding8;
    internal ushort Rule;
    internal ushort Port;
    private readonly ushort padding16;
    private readonly uint padding32;
    internal AddressValue Address;
    internal RuleSetValue Candidates;
}
