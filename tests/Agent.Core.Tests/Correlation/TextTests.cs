using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed partial class TextTests
{
    [Theory]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("2001:db8::", "2001:db8::")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:DB8::00A0", "2001:db8::a0")]
    [InlineData("::198.51.100.7", "::c633:6407")]
    [InlineData("64:ff9b::198.51.100.7", "64:ff9b::c633:6407")]
    [InlineData("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::")]
    [InlineData("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8")]
    public void An_address_is_written_as_RFC_5952_says(string address, string expected) =>
        Assert.Equal(expected, AddressText.Read(IPAddress.Parse(address).MapToIPv6().GetAddressBytes()));

    [Fact]
    public void What_is_written_of_any_address_reads_as_the_same_address()
    {
        var random = new Random(5952);
        var bytes = new byte[AddressBytes.Length];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            for (var group = 0; group < 8; group++)
            {
                if (random.Next(2) == 0)
                {
                    bytes[group * 2] = bytes[(group * 2) + 1] = 0;
                }
            }

            var text = AddressText.Read(bytes);
            Assert.Equal(bytes, IPAddress.Parse(text).MapToIPv6().GetAddressBytes());
        }
    }

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("_dns-sd._udp.example.com", "_dns-sd._udp.example.com")]
    [InlineData("EXAMPLE.com", "example.com")]
    [InlineData("a b", "a\\032b")]
    [InlineData("<b>\u00ff\0\\", "\\060b\\062\\255\\000\\092")]
    [InlineData("\u001b[31m", "\\027\\09131m")]
    public void A_name_carries_nothing_but_plain_characters(string name, string expected) =>
        Assert.Equal(expected, NameText.Read(Encoding.Latin1.GetBytes(name)));

    [Fact]
    public void Every_reason_hook_source_and_loss_has_its_name_in_kebab_case()
    {
        Assert.All(Enum.GetValues<KernelReason>(), reason => Assert.Equal(Kebab(reason), KernelWords.Of(reason)));
        Assert.All(Enum.GetValues<KernelHook>(), hook => Assert.Equal(Kebab(hook), KernelWords.Of(hook)));
        Assert.All(Enum.GetValues<NameSource>(), source => Assert.Equal(Kebab(source), KernelWords.Of(source)));
        Assert.All(
            Enum.GetValues<KernelLoss>().Where(loss => loss != KernelLoss.Count),
            loss => Assert.Equal(Kebab(loss), KernelWords.Of(loss)));
        Assert.All(
            Enum.GetValues<KernelVerdict>(),
            verdict => Assert.Equal(verdict.ToString(), KernelWords.Of(verdict).ToString()));
    }

    [Fact]
    public void A_number_without_a_name_is_written_as_a_number()
    {
        Assert.Equal("reason-200", KernelWords.Of((KernelReason)200));
        Assert.Equal("hook-9", KernelWords.Of((KernelHook)9));
        Assert.Equal("loss-30", KernelWords.Of((KernelLoss)30));
        Assert.Null(KernelWords.Of((NameSource)0));
    }

    [Theory]
    [InlineData(6, "tcp")]
    [InlineData(17, "udp")]
    [InlineData(1, "icmp")]
    [InlineData(58, "icmp")]
    [InlineData(47, "ip-47")]
    public void A_protocol_has_the_name_that_documents_use(ushort number, string expected) =>
        Assert.Equal(expected, KernelWords.Protocol(number));

    [Theory]
    [InlineData(1, "A")]
    [InlineData(28, "AAAA")]
    [InlineData(65, "TYPE65")]
    [InlineData(65535, "TYPE65535")]
    public void A_question_type_has_its_mnemonic_or_its_number(ushort type, string expected) =>
        Assert.Equal(expected, QuestionTypeText.Of(type));

    [Theory]
    [InlineData(0u, 0, null)]
    [InlineData(0x0200u, 2, null)]
    [InlineData(0xff00u, 255, null)]
    [InlineData(9u, null, 9)]
    [InlineData(0x8bu, null, 11)]
    public void A_wait_status_is_an_exit_code_or_a_signal(uint status, int? exitCode, int? signal) =>
        Assert.Equal(new WaitStatus(exitCode, signal), WaitStatus.Read(status));

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\0", new[] { "a" })]
    [InlineData("a\0\0b\0", new[] { "a", "", "b" })]
    [InlineData("a\0cut", new[] { "a", "cut" })]
    [InlineData("\0", new[] { "" })]
    public void Arguments_are_split_where_NUL_ends_them(string argv, string[] expected) =>
        Assert.Equal(expected, ArgumentText.Read(Encoding.UTF8.GetBytes(argv), new JobTables().ArgumentTexts));

    private static string Kebab<TEnum>(TEnum value)
        where TEnum : struct, Enum => Capital().Replace(value.ToString(), match => $"-{match.Value}").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
