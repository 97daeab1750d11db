using System.Collections.Immutable;

namespace Sallyport.Wire.Tests;

/// <summary>Which C# type mirrors which C type, and how a C name is written in C#.</summary>
internal static class Mirror
{
    public static readonly ImmutableDictionary<string, Type> Structs = new Dictionary<string, Type>
    {
        ["sp_header"] = typeof(RecordHeader),
        ["sp_process_forked"] = typeof(ProcessForkedRecord),
        ["sp_process_executed"] = typeof(ProcessExecutedRecord),
        ["sp_process_exited"] = typeof(ProcessExitedRecord),
        ["sp_connection"] = typeof(ConnectionRecord),
        ["sp_connection_closed"] = typeof(ConnectionClosedRecord),
        ["sp_name_asked"] = typeof(NameAskedRecord),
        ["sp_name_leased"] = typeof(NameLeasedRecord),
        ["sp_flow_named"] = typeof(FlowNamedRecord),
        ["sp_container_created"] = typeof(ContainerCreatedRecord),
        ["sp_daemon_asked"] = typeof(DaemonAskedRecord),
        ["sp_environment"] = typeof(EnvironmentRecord),
        ["sp_worker_arrived"] = typeof(WorkerArrivedRecord),
        ["sp_machine_changed"] = typeof(MachineChangedRecord),
        ["sp_intrusion"] = typeof(IntrusionRecord),
    }.ToImmutableDictionary();

    public static readonly ImmutableDictionary<string, (Type Type, string Prefix)> Enums =
        new Dictionary<string, (Type, string)>
        {
            ["sp_record_type"] = (typeof(RecordType), "SP_"),
            ["sp_verdict"] = (typeof(KernelVerdict), "SP_"),
            ["sp_reason"] = (typeof(KernelReason), "SP_REASON_"),
            ["sp_hook"] = (typeof(KernelHook), "SP_HOOK_"),
            ["sp_name_source"] = (typeof(NameSource), "SP_NAME_"),
            ["sp_change_source"] = (typeof(ChangeSource), "SP_CHANGE_"),
            ["sp_intrusion_call"] = (typeof(IntrusionCall), "SP_INTRUSION_"),
            ["sp_intrusion_target"] = (typeof(IntrusionTarget), "SP_INTRUSION_"),
            ["sp_loss"] = (typeof(KernelLoss), "SP_LOSS_"),
            ["sp_daemon_kind"] = (typeof(DaemonKind), "SP_DAEMON_"),
        }.ToImmutableDictionary();

    /// <summary><c>MAX_RULES</c> or <c>max_rules</c> as <c>MaxRules</c>.</summary>
    public static string Pascal(string name) =>
        string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));
}
