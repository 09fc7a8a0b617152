/** The network of `networks.ts` as a CloudFormation template, with a parameter for each of its variables. */
export const TEMPLATE = `
Parameters:
  EndpointSource: {Type: String, Default: 10.0.0.0/16}
  Egress: {Type: String, Default: nat}
  Replies: {Type: String, Default: allow}
  GroupPort: {Type: Number, Default: 443}
  Actions: {Type: String, Default: '*'}
  Trusted: {Type: String, Default: ec2.amazonaws.com}
  Messages: {Type: String, Default: 'true'}
  NatTable: {Type: String, Default: public}
  Metadata: {Type: String, Default: enabled}

Mappings:
  Networks:
    Closed: {Cidr: 10.0.0.0/16}
    Two: {Cidr: 10.1.0.0/16}

Conditions:
  HasMessages: !Equals [!Ref Messages, 'true']
  ThroughNat: !Equals [!Ref Egress, nat]
  ThroughInternet: !And [!Not [!Condition ThroughNat], !Equals [!Ref Egress, internet]]
  HasRoute: !Or [!Condition ThroughNat, !Condition ThroughInternet]
  NatHasRoute: !Equals [!Ref NatTable, public]
  HasNoMetadata: !Equals [!Ref Metadata, disabled]

Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: node
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: !Ref Trusted}}]
      Policies:
        - PolicyName: node
          PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: !Ref Actions, Resource: '*'}]}
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {InstanceProfileName: node, Roles: [!Ref Role]}

  ClosedVpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !FindInMap [Networks, Closed, Cidr]
      EnableDnsSupport: true
      EnableDnsHostnames: true
  ClosedSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref ClosedVpc
      CidrBlock: !Select [1, !Cidr [!GetAtt ClosedVpc.CidrBlock, 4, 8]]
      AvailabilityZone: !Select [0, !GetAZs '']
  ClosedGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: node, VpcId: !Ref ClosedVpc}
  EndpointGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: endpoints, VpcId: !Ref ClosedVpc}
  EndpointRule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt EndpointGroup.GroupId
      IpProtocol: tcp
      FromPort: 443
      ToPort: 443
      CidrIp: !Ref EndpointSource
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties: &endpoint
      VpcId: !Ref ClosedVpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.\${AWS::Region}.ssm
      SubnetIds: [!Ref ClosedSubnet]
      SecurityGroupIds: [!Ref EndpointGroup]
      PrivateDnsEnabled: true
  Ec2Messages:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      <<: *endpoint
      ServiceName: !Join [., [com.amazonaws, !Ref AWS::Region, ec2messages]]
  SsmMessages:
    Type: AWS::EC2::VPCEndpoint
    Condition: HasMessages
    Properties:
      <<: *endpoint
      ServiceName: !Sub ['com.amazonaws.\${AWS::Region}.\${Service}', {Service: ssmmessages}]
  Closed:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-12c6146b
      InstanceType: t3.micro
      SubnetId: !GetAtt ClosedSubnet.SubnetId
      SecurityGroupIds: !If [HasMessages, [!Ref ClosedGroup], [!Ref ClosedGroup]]
      IamInstanceProfile: !Ref Profile

  TwoVpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !FindInMap [Networks, Two, Cidr]}
  Gateway:
    Type: AWS::EC2::InternetGateway
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref TwoVpc, InternetGatewayId: !Ref Gateway}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref TwoVpc, CidrBlock: 10.1.9.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
  Private:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref TwoVpc, CidrBlock: 10.1.1.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
  PublicTable:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref TwoVpc}
  PublicRoute:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Condition: NatHasRoute
    Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  PublicAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}
  Address:
    Type: AWS::EC2::EIP
    Properties: {Domain: vpc}
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}
  PrivateTable:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref TwoVpc}
  PrivateAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref PrivateTable, SubnetId: !Ref Private}
  PrivateRoute:
    Type: AWS::EC2::Route
    Condition: HasRoute
    Properties:
      RouteTableId: !Ref PrivateTable
      DestinationCidrBlock: 0.0.0.0/0
      NatGatewayId: !If [ThroughNat, !Ref Nat, !Ref AWS::NoValue]
      GatewayId: !If [ThroughInternet, !Ref Gateway, !Ref AWS::NoValue]
  Acl:
    Type: AWS::EC2::NetworkAcl
    Properties: {VpcId: !Ref TwoVpc}
  AclAssociation:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Private}
  AclOut:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      {NetworkAclId: !Ref Acl, RuleNumber: 100, Egress: true, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}
  AclIn:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: false
      Protocol: 6
      RuleAction: !Ref Replies
      CidrBlock: 0.0.0.0/0
      PortRange: {From: 1024, To: 65535}
  TwoGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: node
      VpcId: !Ref TwoVpc
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: !Ref GroupPort, ToPort: !Ref GroupPort, CidrIp: 0.0.0.0/0}
  PrivateLaunch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpEndpoint: !If [HasNoMetadata, disabled, enabled]}
  PrivateInstance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-12c6146b
      InstanceType: t3.micro
      SubnetId: !Ref Private
      SecurityGroupIds: [!Ref TwoGroup]
      IamInstanceProfile: !Ref Profile
      LaunchTemplate: {LaunchTemplateId: !Ref PrivateLaunch, Version: !GetAtt PrivateLaunch.LatestVersionNumber}
`

/** `endpoint_source` of Terraform is `EndpointSource` here. */
export const parametersFor = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
