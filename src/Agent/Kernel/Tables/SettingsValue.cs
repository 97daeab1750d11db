using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct settings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SettingsValue
{
    /// <summary>Of one entry: a section of data.</summary>
    internal const string Table = ".data.settings";

    internal const byte MachineJudged = 1;

    /// <summary>Who is exempt is being written.</summary>
    internal const byte MachineSettling = 2;

    internal RuleSetValue Deny;
    internal RuleSetValue DenyAny;
    internal RuleSetValue DenyQuestion;
    internal RuleSetValue Inbound;
    internal RuleSetValue NeedsName;
    internal RuleSetValue Proxy;
    internal QuestionTypes QuestionTypes;
    internal ulong Cgroup;
    internal ulong Network;
    internal uint HasAddresses;
    internal uint HasExecutables;
    internal byte UnknownPolicy;
    internal byte HoldsExecutions;
    internal byte Machine;
    internal byte DeniesWhenLost;
    internal byte Mark;
    internal byte Limited;
    private readonly byte padding5;
    private readonly byte padding6;
}
