using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>What makes two judgements the same line: who, where to, and how it was decided.</summary>
internal readonly record struct ConnectionKey(
    ulong Process,
    ulong Cgroup,
    UInt128 Address,
    string? Name,
    ushort Port,
    byte Protocol,
    KernelVerdict Verdict,
    KernelReason Reason,
    KernelHook Hook,
    ushort Rule);
