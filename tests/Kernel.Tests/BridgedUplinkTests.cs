namespace Sallyport.Kernel.Tests;

/// <summary>
/// HARDENING rule 4 on a machine whose uplink is a bridge (a host of virtual machines): the last word is on its ports.
/// </summary>
public sealed class BridgedUplinkTests(BridgedLabFixture fixture) : KernelTest(fixture), IClassFixture<BridgedLabFixture>
{
    [Theory]
    [EveryMode("lab0", "port0")]
    public Task A_frame_is_judged_where_it_leaves(LabMode mode, string device) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "packet", device, Client, Attacker, "5300", Canary),
        Row = Row.Connection("udp", 5300, Attacker),
        Reasons = ["packet-socket"],
        Exe = "raw",
        Silent = (Attacker, 5300),
    });

    [Theory]
    [EveryMode]
    public Task A_packet_that_a_program_writes_to_a_tun_device_is_judged_where_it_leaves(LabMode mode) =>
        ProveAsync(mode, PacketFromATun());

    [Theory]
    [InlineData("ndots:1")]
    [InlineData("use-vc")]
    public Task An_answer_that_comes_in_by_a_port_gives_a_lease(string resolver) => PassAsync(
        Command("env", $"RES_OPTIONS={resolver}", Program("resolve"), "allowed.test", "4443", Canary) with
        {
            Allow = ["tcp://allowed.test:4443"],
        });

    [Theory]
    [EveryMode]
    public Task A_connection_is_judged_as_anywhere(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("tcp", "connect", Attacker, "4443", Canary),
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    });
}
